-- The day, the period and the rules that every report is asked for: set variables to change them.
-- In any DuckDB shell: `set variable as_of = date '2026-01-31'; from invoice_balances;`
-- Grain: exactly one row. The only view that reads session variables.
--   as_of: what was known and owed at the end of this local day; variable `as_of`, by default the
--     day the newest run in this file ended (Central Mexico, UTC-6)
--   is_past: a sync ran after that day, so today's states are not those of the cut
--   from_on: first local day of the period; variable `from_on`, NULL for the whole history
--   to_on: last local day of the period, included; variable `to_on`, by default as_of
--   team_id: only this company; variable `team`, NULL for all of them
--   terms_default_days: days of credit where nothing else tells; variable `terms_default_days`, 0
--   client_terms: days of credit per client, JSON text; variable `client_terms`
--   aging_edges: last day of each bucket but the last one; variable `aging_edges`
--   grace_hours: how long SAT's records may lag behind; variable `grace_hours`, 72
--   tolerance: differences up to this much are rounding; variable `tolerance`, 0.01

with

newest_run as (

    select central_day(max(coalesce(finished_at, started_at))) as ended_on
    from sync_runs

),

asked as (

    select
        cast(getvariable('as_of') as date) as as_of,
        cast(getvariable('from_on') as date) as from_on,
        cast(getvariable('to_on') as date) as to_on

)

select
    coalesce(asked.as_of, newest_run.ended_on) as as_of,
    coalesce(asked.as_of < newest_run.ended_on, false) as is_past,
    asked.from_on,
    coalesce(asked.to_on, asked.as_of, newest_run.ended_on) as to_on,
    nullif(cast(getvariable('team') as varchar), '') as team_id,
    coalesce(cast(getvariable('terms_default_days') as integer), 0) as terms_default_days,
    coalesce(cast(getvariable('client_terms') as varchar), '[]') as client_terms,
    coalesce(cast(getvariable('aging_edges') as integer[]), [30, 60, 90]) as aging_edges,
    coalesce(cast(getvariable('grace_hours') as integer), 72) as grace_hours,
    cast(
        coalesce(cast(getvariable('tolerance') as decimal(18, 6)), 0.01) as decimal(18, 6)
    ) as tolerance

from newest_run

cross join asked
