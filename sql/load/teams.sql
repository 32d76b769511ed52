-- Teams (the companies of one account), one typed row per payload of `batch`.

with

parsed as (

    select
        kept,
        from_json(payload, '{
            "name": "VARCHAR", "legal_name": "VARCHAR", "tax_id": "VARCHAR",
            "tax_system": "VARCHAR", "created_at": "VARCHAR", "settings": "VARCHAR",
            "livemode": "VARCHAR",
            "address": {"zip": "VARCHAR"},
            "brand": {"alias": "VARCHAR"},
            "sat": {
                "completed": "VARCHAR", "connected_at": "VARCHAR", "csd_expires_at": "VARCHAR"
            },
            "billing": {"credits": "VARCHAR"}
        }') as wire,
        from_json(payload, '{"billing": {"credits": "DECIMAL(38,6)"}}') as body

    from batch

),

typed as (

    select
        kept,
        wire,
        wire.name,
        wire.legal_name,
        wire.brand.alias as alias,
        upper(given(wire.tax_id)) as tax_id,
        wire.tax_system,
        wire.address.zip as zip,
        flag(wire.sat.completed) as is_sat_connected,
        moment(given(wire.sat.connected_at)) as sat_connected_at,
        moment(given(wire.sat.csd_expires_at)) as csd_expires_at,
        local_day(csd_expires_at) as csd_expires_on,
        money(body.billing.credits, wire.billing.credits) as credits,
        flag(wire.livemode) as is_livemode,
        moment(given(wire.created_at)) as created_at,
        local_day(created_at) as created_on,
        wire.settings

    from parsed

)

select
    * exclude (wire),
    drifted([
        lost('is_sat_connected', wire.sat.completed, is_sat_connected),
        lost('sat_connected_at', wire.sat.connected_at, sat_connected_at),
        lost('csd_expires_at', wire.sat.csd_expires_at, csd_expires_at),
        lost('credits', wire.billing.credits, credits),
        lost('is_livemode', wire.livemode, is_livemode),
        lost('created_at', wire.created_at, created_at)
    ]) as drift

from typed
