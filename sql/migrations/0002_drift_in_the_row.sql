-- What a column could not hold stands in the row itself, in `drift`.
drop table sync.drift;
