-- Every change the sync observed, with the record before and after.
-- Grain: one row per change of a record.
--   team_id: the company the record belongs to
--   stream: which list it came from: invoices_income, payments, clients …
--   id: id of the record
--   run_id: the sync run that observed it
--   observed_at: when it was observed, UTC; the change itself happened between two looks
--   change: inserted, updated, deleted or returned (found again after it was gone)
--   payload_before: the record as it was, JSON text; NULL when the change replaced none
--   payload_after: the record as it became, JSON text; NULL for deleted

with

current_payloads as (

    select 'clients' as stream, key, payload from mirror.clients
    union all
    select 'invoices_draft' as stream, key, payload from mirror.invoices_draft
    union all
    select 'invoices_egress' as stream, key, payload from mirror.invoices_egress
    union all
    select 'invoices_income' as stream, key, payload from mirror.invoices_income
    union all
    select 'invoices_payment' as stream, key, payload from mirror.invoices_payment
    union all
    select 'invoices_sat' as stream, key, payload from mirror.invoices_sat
    union all
    select 'invoices_transfer' as stream, key, payload from mirror.invoices_transfer
    union all
    select 'payments' as stream, key, payload from mirror.payments
    union all
    select 'receipts' as stream, key, payload from mirror.receipts
    union all
    select 'services' as stream, key, payload from mirror.services
    union all
    select 'teams' as stream, key, payload from mirror.teams
    union all
    select 'webhooks' as stream, key, payload from mirror.webhooks

),

superseded as (

    select
        *,
        first_value(payload_before ignore nulls) over (
            partition by stream, key
            order by run_id, observed_at
            rows between 1 following and unbounded following
        ) as next_payload_before

    from history.changes

)

select
    superseded.team_id,
    superseded.stream,
    superseded.id,
    superseded.run_id,
    superseded.observed_at,
    superseded.change,
    superseded.payload_before,
    case
        when superseded.change <> 'deleted'
            then coalesce(superseded.next_payload_before, current_payloads.payload)
    end as payload_after

from superseded

left join current_payloads
    on
        superseded.stream = current_payloads.stream
        and superseded.key = current_payloads.key
