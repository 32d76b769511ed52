-- Services (the catalogue of what is sold), one typed row per payload of `batch`.
-- `raw` holds the text of what the typed column of the same name was made from.

with

parsed as (

    select
        key,
        from_json(payload, '{
            "description": "VARCHAR", "sku": "VARCHAR", "product_key": "VARCHAR",
            "unit_key": "VARCHAR", "unit_name": "VARCHAR", "taxability": "VARCHAR",
            "unit_price": "VARCHAR", "quantity": "VARCHAR", "taxes": "VARCHAR",
            "livemode": "VARCHAR", "created_at": "VARCHAR", "created": "VARCHAR",
            "owner": "VARCHAR", "from": "VARCHAR", "metadata": "VARCHAR"
        }') as wire,
        from_json(payload, '{
            "unit_price": "DECIMAL(38,6)", "quantity": "DECIMAL(38,6)",
            "taxes": ' || tax_shape() || '
        }') as body

    from batch

)

select
    key,
    wire.description,
    wire.sku,
    wire.product_key,
    wire.unit_key,
    wire.unit_name,
    wire.taxability,
    money(body.unit_price, wire.unit_price) as unit_price,
    money(body.quantity, wire.quantity) as quantity,
    typed_taxes(body.taxes, unit_price, 1, unit_price) as taxes,
    flag(wire.livemode) as is_livemode,
    moment(given(coalesce(wire.created_at, wire.created))) as created_at,
    local_day(created_at) as created_on,
    wire."from" as origin,
    wire.owner as owner_id,
    wire.metadata,
    struct_pack(
        unit_price := given(wire.unit_price),
        quantity := given(wire.quantity),
        taxes := left(wire.taxes, 20),
        is_livemode := given(wire.livemode),
        created_at := given(coalesce(wire.created_at, wire.created))
    ) as raw

from parsed
