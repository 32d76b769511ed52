-- Taxes as read by tax_shape() → the stored struct list, null entries left out.
-- `net`, `quantity` and `unit_price` are those of the concept the taxes belong to.
create or replace macro typed_taxes(taxes, net, quantity, unit_price) as list_transform(
    list_filter(taxes, lambda tax: tax is not null),
    lambda tax, place: struct_pack(
        position := place::integer,
        type := tax.type,
        factor := tax.factor,
        rate := try_cast(tax.rate as decimal(18, 6)),
        base := tax_base(tax, net, quantity, unit_price, inclusive_rate(taxes)),
        amount := tax_amount(
            tax.factor,
            tax.rate,
            tax_base(tax, net, quantity, unit_price, inclusive_rate(taxes))
        ),
        is_withholding := coalesce(flag(tax.withholding), false),
        is_inclusive := coalesce(flag(tax.inclusive), false)
    )
);
