-- Clients, one typed row per payload of `batch`.

with

parsed as (

    select
        kept,
        from_json(payload, '{
            "name": "VARCHAR", "legal_name": "VARCHAR", "company": "VARCHAR",
            "email": "VARCHAR", "phone": "VARCHAR", "tax_id": "VARCHAR",
            "tax_system": "VARCHAR", "use": "VARCHAR", "is_valid": "VARCHAR",
            "livemode": "VARCHAR", "created_at": "VARCHAR", "created": "VARCHAR",
            "owner": "VARCHAR", "from": "VARCHAR", "metadata": "VARCHAR",
            "address": {
                "country": "VARCHAR", "street": "VARCHAR", "zip": "VARCHAR",
                "city": "VARCHAR", "state": "VARCHAR", "exterior": "VARCHAR",
                "interior": "VARCHAR", "municipality": "VARCHAR", "neighborhood": "VARCHAR"
            },
            "bcc": ["VARCHAR"],
            "efos": {"is_valid": "VARCHAR"},
            "fiscal_validation": {"status": "VARCHAR", "message": "VARCHAR"},
            "sat_status": {"is_risky": "VARCHAR", "checked_at": "VARCHAR"}
        }') as wire

    from batch

),

typed as (

    select
        kept,
        wire,
        wire.name,
        wire.legal_name,
        wire.company,
        wire.email,
        wire.bcc,
        wire.phone,
        upper(given(wire.tax_id)) as tax_id,
        given(wire.tax_system) as tax_system,
        given(wire.use) as use_cfdi,
        wire.address.country as country,
        wire.address.state as state,
        wire.address.city as city,
        wire.address.municipality as municipality,
        wire.address.neighborhood as neighborhood,
        wire.address.street as street,
        wire.address.exterior as exterior,
        wire.address.interior as interior,
        wire.address.zip as zip,
        flag(wire.is_valid) as is_valid,
        flag(wire.efos.is_valid) as is_efos_valid,
        wire.fiscal_validation.status as fiscal_validation_status,
        wire.fiscal_validation.message as fiscal_validation_message,
        flag(wire.sat_status.is_risky) as is_sat_risky,
        moment(given(wire.sat_status.checked_at)) as sat_checked_at,
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
        lost('is_valid', wire.is_valid, is_valid),
        lost('is_efos_valid', wire.efos.is_valid, is_efos_valid),
        lost('is_sat_risky', wire.sat_status.is_risky, is_sat_risky),
        lost('sat_checked_at', wire.sat_status.checked_at, sat_checked_at),
        lost('is_livemode', wire.livemode, is_livemode),
        lost('created_at', coalesce(wire.created_at, wire.created), created_at)
    ]) as drift

from typed
