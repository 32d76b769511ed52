-- Taxes as read by tax_shape() → the stored struct list, null entries left out.
create or replace macro typed_taxes(taxes) as list_transform(
    list_filter(taxes, lambda tax: tax is not null),
    lambda tax, place: struct_pack(
        position := place::integer,
        type := tax.type,
        factor := tax.factor,
        rate := try_cast(tax.rate as decimal(18, 6)),
        base := try_cast(tax.base as decimal(18, 6)),
        is_withholding := coalesce(flag(tax.withholding), false),
        is_inclusive := coalesce(flag(tax.inclusive), false)
    )
);
