-- Receipts created in the period, counted and added up for `gigstack status`.
-- Grain: one row per currency; status_receipt_rows adds up to it.
--   currency: ISO code; amounts of this row are in it
--   receipts: all of them
--   all_total: total of all of them, whatever their state
--   all_total_mxn: in pesos at each receipt's own rate, those without a rate left out
--   pending: the client may still ask for the invoice
--   pending_total: total of those
--   pending_total_mxn: in pesos at each receipt's own rate
--   invoiced: ended in an invoice
--   invoiced_total: total of those
--   expired: the time to ask for the invoice is over
--   cancelled: cancelled
--   other: in a state nobody knows

select
    currency,
    count(*) as receipts,
    cast(coalesce(sum(total), 0) as decimal(38, 6)) as all_total,
    cast(coalesce(sum(total_mxn), 0) as decimal(38, 6)) as all_total_mxn,
    count(*) filter (where state = 'pending') as pending,
    cast(
        coalesce(sum(total) filter (where state = 'pending'), 0) as decimal(38, 6)
    ) as pending_total,
    cast(
        coalesce(sum(total_mxn) filter (where state = 'pending'), 0) as decimal(38, 6)
    ) as pending_total_mxn,
    count(*) filter (where state = 'invoiced') as invoiced,
    cast(
        coalesce(sum(total) filter (where state = 'invoiced'), 0) as decimal(38, 6)
    ) as invoiced_total,
    count(*) filter (where state = 'expired') as expired,
    count(*) filter (where state = 'cancelled') as cancelled,
    count(*) filter (where coalesce(
        state not in ('pending', 'invoiced', 'expired', 'cancelled'), true
    )) as other

from status_receipt_rows

group by currency
