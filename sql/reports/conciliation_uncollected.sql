-- Invoices that should have been paid and were not: check C11.
-- A PUE is to be paid within the month of issue; see cobranza_pue. A PPD is to be paid by its due date.
-- Source: RMF 2.7.1.39 (PUE); the due date of invoice_balances (PPD).
-- Grain: one row per invoice.
--   team_id: the company
--   code: C11
--   state: found, or pending: a PUE whose month has not ended
--   dated_on: day of issue
--   currency: ISO code; XXX where there is no amount
--   amount: what is missing, in the invoice's currency
--   record_type: always I
--   invoice_id: gigstack's id of the invoice
--   payment_id: always NULL here
--   uuid_fiscal: folio fiscal of the invoice
--   related_id: always NULL here
--   client_name: the client
--   due_on: day it was to be paid by
--   note: what is wrong, in words

select
    team_id,
    'C11' as code,
    case when state = 'missed' then 'found' else 'pending' end as state,
    issued_on as dated_on,
    currency,
    uncollected as amount,
    'I' as record_type,
    invoice_id,
    cast(null as varchar) as payment_id,
    uuid_fiscal,
    cast(null as varchar) as related_id,
    client_name,
    month_end_on as due_on,
    case when collected > 0 then 'PUE collected in part' else 'PUE without payment' end as note

from cobranza_pue

union all

select
    balances.team_id,
    'C11' as code,
    'found' as state,
    balances.issued_on as dated_on,
    balances.currency,
    cast(balances.balance as decimal(18, 6)) as amount,
    'I' as record_type,
    balances.invoice_id,
    null as payment_id,
    balances.uuid_fiscal,
    null as related_id,
    balances.client_name,
    balances.due_on,
    'PPD overdue by ' || balances.days_overdue || ' days' as note

from invoice_balances as balances

cross join cut

where
    balances.may_be_open
    and balances.payment_method = 'PPD'
    and balances.balance > cut.tolerance
    and balances.days_overdue > 0
