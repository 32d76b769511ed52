-- Services (the catalogue of what is sold), one typed row per payload of `batch`.

with

parsed as (

    select
        kept,
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

),

typed as (

    select
        kept,
        wire,
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
        wire.metadata

    from parsed

)

select
    * exclude (wire),
    drifted([
        lost('unit_price', wire.unit_price, unit_price),
        lost('quantity', wire.quantity, quantity),
        lost('taxes', left(wire.taxes, 20), taxes),
        lost('is_livemode', wire.livemode, is_livemode),
        lost('created_at', coalesce(wire.created_at, wire.created), created_at)
    ]) as drift

from typed
