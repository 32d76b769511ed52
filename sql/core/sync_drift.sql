-- Values the API sent that a typed column could not hold; the payload keeps them.
-- Grain: one row per team, stream and column.
--   team_id: the company the records belong to
--   stream: which list they came from
--   column_name: the column that is NULL instead
--   rows_affected: rows loaded with such a value
--   example_id: id of one of them
--   first_run_id: the run that first met one
--   last_run_id: the run that last met one

select
    team_id,
    stream,
    column_name,
    rows_affected,
    example_id,
    first_run_id,
    last_run_id

from sync.drift
