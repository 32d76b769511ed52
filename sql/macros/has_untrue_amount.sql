-- Whether some amount of a complement is a JSON boolean: read as a number, true would count as 1.
create or replace macro has_untrue_amount(wire) as regexp_matches(
    wire, '"(amount|Monto|ImpPagado|[a-z]+_amount|[a-z]+_balance)" ?: ?(true|false)'
);
