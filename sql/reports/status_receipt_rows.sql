-- The receipts behind `gigstack status`, each with its state at the cut.
-- Grain: one row per receipt created in the period and by the cut, deleted ones left out.
--   team_id: the company that was paid
--   receipt_id: gigstack's id of the receipt
--   created_on: local day it was created
--   state: pending, invoiced, expired or cancelled; pending when it was invoiced after the cut
--   currency: ISO code; total is in it
--   total: what was paid
--   total_mxn: total in pesos at the receipt's own rate; NULL when the rate is missing

select
    receipts.team_id,
    receipts.id as receipt_id,
    receipts.created_on,
    case
        when
            cut.is_past
            and receipts.status = 'invoiced'
            and central_day(receipts.invoiced_at) > cut.as_of
            then 'pending'
        else receipts.status
    end as state,
    receipts.currency,
    receipts.total,
    in_pesos(receipts.total, receipts.currency, receipts.exchange_rate) as total_mxn

from receipts

cross join cut

where
    (
        receipts.deleted_at is null
        or (cut.is_past and central_day(receipts.deleted_at) > cut.as_of)
    )
    and within_period(receipts.created_on, cut.from_on, least(cut.to_on, cut.as_of))
    and (cut.team_id is null or receipts.team_id = cut.team_id)
