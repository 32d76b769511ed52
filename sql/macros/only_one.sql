-- A single value → the list that holds it, NULL for none.
create or replace macro only_one(wire) as case when wire is not null then [wire] end;
