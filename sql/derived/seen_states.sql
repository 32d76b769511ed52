-- Earlier states of invoices, as the history of changes keeps them: what a past day needs.
-- Only the runs after since.run_id; rows are added and never changed.

select
    changes.stream,
    changes.key,
    changes.run_id,
    central_day(changes.observed_at) as observed_on,
    invoice_status(legible(changes.payload_before) ->> '$.status') as status_before,
    try_cast(legible(changes.payload_before) ->> '$.last_balance' as decimal(18, 6)) as balance_before

from history.changes as changes

where
    changes.run_id > (select since.run_id from since)
    and changes.stream in ('invoices_income', 'invoices_egress', 'invoices_payment')
    and changes.payload_before is not null
