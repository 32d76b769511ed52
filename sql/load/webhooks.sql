-- Webhook endpoints, one typed row per payload of `batch`.

with

parsed as (

    select
        kept,
        from_json(payload, '{
            "url": "VARCHAR", "status": "VARCHAR", "description": "VARCHAR",
            "type": "VARCHAR", "version": "VARCHAR", "owner": "VARCHAR",
            "livemode": "VARCHAR", "created_at": "VARCHAR", "events": "VARCHAR"
        }') as wire,
        from_json(payload, '{"events": ["VARCHAR"]}') as body

    from batch

),

typed as (

    select
        kept,
        wire,
        wire.url,
        lower(wire.status) as status,
        body.events,
        wire.description,
        wire.type,
        wire.version,
        flag(wire.livemode) as is_livemode,
        moment(given(wire.created_at)) as created_at,
        local_day(created_at) as created_on,
        wire.owner as owner_id

    from parsed

)

select
    * exclude (wire),
    drifted([
        lost('events', left(wire.events, 20), events),
        lost('is_livemode', wire.livemode, is_livemode),
        lost('created_at', wire.created_at, created_at)
    ]) as drift

from typed
