-- Values the API sent that a typed column could not hold; the payload keeps them.
-- Grain: one row per team, stream and column.
--   team_id: the company the records belong to
--   stream: which list they came from
--   column_name: the column that is NULL instead
--   rows_affected: records with such a value now
--   example_id: id of one of them
--   first_run_id: the oldest run that wrote one of them
--   last_run_id: the newest run that wrote one of them

with

drifted as (

    select 'clients' as stream, team_id, id, run_id, drift from mirror.clients
    union all
    select 'invoices_draft' as stream, team_id, id, run_id, drift from mirror.invoices_draft
    union all
    select 'invoices_egress' as stream, team_id, id, run_id, drift from mirror.invoices_egress
    union all
    select 'invoices_income' as stream, team_id, id, run_id, drift from mirror.invoices_income
    union all
    select 'invoices_payment' as stream, team_id, id, run_id, drift from mirror.invoices_payment
    union all
    select 'invoices_sat' as stream, team_id, id, run_id, drift from mirror.invoices_sat
    union all
    select 'invoices_transfer' as stream, team_id, id, run_id, drift from mirror.invoices_transfer
    union all
    select 'payments' as stream, team_id, id, run_id, drift from mirror.payments
    union all
    select 'receipts' as stream, team_id, id, run_id, drift from mirror.receipts
    union all
    select 'services' as stream, team_id, id, run_id, drift from mirror.services
    union all
    select 'teams' as stream, team_id, id, run_id, drift from mirror.teams
    union all
    select 'webhooks' as stream, team_id, id, run_id, drift from mirror.webhooks

),

columns as (

    select
        team_id,
        stream,
        id,
        run_id,
        unnest(drift) as column_name

    from drifted

    where drift is not null

)

select
    team_id,
    stream,
    column_name,
    count(*) as rows_affected,
    min(id) as example_id,
    min(run_id) as first_run_id,
    max(run_id) as last_run_id

from columns

group by team_id, stream, column_name
