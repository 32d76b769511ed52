-- Where gigstack sends its events.
-- Grain: one row per endpoint. Deleted ones stay, with deleted_at set.
--   team_id: the company it belongs to
--   id: gigstack's id of the webhook
--   url: address that receives the events
--   status: active or inactive
--   events: names of the events sent, a list
--   description: free text
--   type: gigstack_connect for those of a platform
--   version: version of the event format
--   is_livemode: false in test mode
--   created_at: when it was created, UTC
--   created_on: local day of created_at
--   owner_id: user that created it
--   first_seen_at: when the sync first saw it, UTC
--   changed_at: when the sync last saw it change, UTC
--   deleted_at: when the sync found it gone, UTC; NULL while it exists

select
    team_id,
    id,
    url,
    status,
    events,
    description,
    type,
    version,
    is_livemode,
    created_at,
    created_on,
    owner_id,
    first_seen_at,
    changed_at,
    deleted_at

from mirror.webhooks
