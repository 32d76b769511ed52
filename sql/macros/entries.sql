-- How many entries a list has; 0 for none and for no list.
create or replace macro entries(list) as coalesce(len(list), 0);
