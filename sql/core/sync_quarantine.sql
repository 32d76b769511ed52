-- Rows the API sent that cannot be mirrored, such as one without an id; kept as received.
-- Grain: one row per team, stream and text.
--   team_id: the company whose list it was in
--   stream: which list it was in
--   reason: why it cannot be mirrored
--   payload: the row as received
--   sightings: how often it was sent
--   first_run_id: the run that first met it
--   last_run_id: the run that last met it

select
    team_id,
    stream,
    reason,
    payload,
    sightings,
    first_run_id,
    last_run_id

from sync.quarantine
