-- Webhook endpoints, one typed row per payload of `batch`.
-- `raw` holds the text of what the typed column of the same name was made from.

with

parsed as (

    select
        key,
        from_json(payload, '{
            "url": "VARCHAR", "status": "VARCHAR", "description": "VARCHAR",
            "type": "VARCHAR", "version": "VARCHAR", "owner": "VARCHAR",
            "livemode": "VARCHAR", "created_at": "VARCHAR", "events": "VARCHAR"
        }') as wire,
        from_json(payload, '{"events": ["VARCHAR"]}') as body

    from batch

)

select
    key,
    wire.url,
    lower(wire.status) as status,
    body.events,
    wire.description,
    wire.type,
    wire.version,
    flag(wire.livemode) as is_livemode,
    moment(given(wire.created_at)) as created_at,
    local_day(created_at) as created_on,
    wire.owner as owner_id,
    struct_pack(
        events := left(wire.events, 20),
        is_livemode := given(wire.livemode),
        created_at := given(wire.created_at)
    ) as raw

from parsed
