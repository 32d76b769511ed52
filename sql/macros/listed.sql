-- JSON text of a list, or of the one object XML converters leave of it → its objects as JSON text.
create or replace macro listed(wire) as list_filter(
    case
        when wire like '[%' and json_valid(wire) then from_json(wire, '["VARCHAR"]')
        when wire like '{%' then [wire]
    end,
    lambda entry: entry like '{%' and json_valid(entry)
);
