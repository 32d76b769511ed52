-- A list of links → the ids, without nulls.
create or replace macro reference_ids(wires) as list_filter(
    list_transform(wires, lambda wire: reference_id(wire)), lambda id: id is not null
);
