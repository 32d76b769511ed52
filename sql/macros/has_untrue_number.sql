-- Whether some amount of a payload is a JSON boolean: read as a number, true would count as 1.
create or replace macro has_untrue_number(payload) as regexp_matches(
    payload, '"(quantity|unit_price|discount|rate|base)" ?: ?(true|false)'
);
