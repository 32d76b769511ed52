-- Names as lost() gives them → those of the columns that lost something; NULL for none.
create or replace macro drifted(names) as nullif(
    list_filter(names, lambda name: name is not null), []
);
