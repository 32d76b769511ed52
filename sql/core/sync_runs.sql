-- Every run of gigstack sync, and what other commands changed and noted at once.
-- Grain: one row per run.
--   run_id: number of the run, rising
--   started_at: when it began, UTC; NULL for what another command changed
--   finished_at: when it ended, UTC; NULL while it runs, or when it was killed
--   outcome: how it ended; change for what another command changed
--   exit_code: what it told cron; 0 is success
--   requests: requests sent to the API
--   rows_seen: rows received
--   inserted: rows that were new
--   updated: rows that had changed
--   deleted: rows found gone
--   summary: all of it per stream, JSON text

select
    run_id,
    started_at,
    finished_at,
    outcome,
    exit_code,
    requests,
    rows_seen,
    inserted,
    updated,
    deleted,
    summary

from sync.runs
