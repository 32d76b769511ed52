-- Money received for which no invoice is in force: check C10.
-- A payment whose receipt may still be invoiced, or whose month has not ended, is pending.
-- An invoice this mirror does not hold is taken at its word. Source: CFF 29; end of month is a choice.
-- Grain: one row per payment.
--   team_id: the company
--   code: C10
--   state: found, or pending: there is still time
--   dated_on: local day the money was received
--   currency: ISO code; XXX where there is no amount
--   amount: what was received less refunds
--   record_type: always payment
--   invoice_id: a cancelled or deleted invoice it was for, if any
--   payment_id: gigstack's id of the payment
--   uuid_fiscal: always NULL here
--   related_id: gigstack's id of its receipt, if any
--   client_name: the client
--   due_on: last day of the month, or of the receipt
--   note: what is wrong, in words

select
    lacking.team_id,
    'C10' as code,
    case when lacking.due_on < cut.as_of then 'found' else 'pending' end as state,
    lacking.paid_on as dated_on,
    lacking.currency,
    lacking.amount,
    'payment' as record_type,
    lacking.invoice_id,
    lacking.payment_id,
    cast(null as varchar) as uuid_fiscal,
    lacking.receipt_id as related_id,
    lacking.client_name,
    lacking.due_on,
    case
        when lacking.invoice_id is not null then 'its invoice is cancelled or gone'
        when lacking.receipt_id is not null then 'its receipt was not invoiced'
        else 'no invoice and no receipt'
    end as note

from derived.uninvoiced as lacking

cross join cut

where
    lacking.since_on <= cut.as_of
    and (cut.team_id is null or lacking.team_id = cut.team_id)
    and lacking.amount > cut.tolerance
