-- The name of a column that is NULL although the API sent something for it.
create or replace macro lost(name, sent, typed) as case
    when typed is null and given(sent) is not null then name
end;
