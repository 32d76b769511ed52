-- Payments created in the period, counted and added up for `gigstack status`.
-- Grain: one row per currency; status_payment_rows adds up to it.
--   currency: ISO code; amounts of this row are in it
--   payments: all of them
--   succeeded: money received
--   succeeded_total: total of those
--   succeeded_total_mxn: in pesos at each payment's own rate, those without a rate left out
--   pending: asked for and not paid
--   pending_total: total of those
--   pending_total_mxn: in pesos at each payment's own rate
--   processing: under way
--   failed: failed or cancelled
--   refunded: given back
--   refunded_total: given back in all, part refunds too
--   other: in a state nobody knows

select
    currency,
    count(*) as payments,
    count(*) filter (where state = 'succeeded') as succeeded,
    cast(
        coalesce(sum(total) filter (where state = 'succeeded'), 0) as decimal(38, 6)
    ) as succeeded_total,
    cast(
        coalesce(sum(total_mxn) filter (where state = 'succeeded'), 0) as decimal(38, 6)
    ) as succeeded_total_mxn,
    count(*) filter (where state = 'pending') as pending,
    cast(
        coalesce(sum(total) filter (where state = 'pending'), 0) as decimal(38, 6)
    ) as pending_total,
    cast(
        coalesce(sum(total_mxn) filter (where state = 'pending'), 0) as decimal(38, 6)
    ) as pending_total_mxn,
    count(*) filter (where state = 'processing') as processing,
    count(*) filter (where state in ('failed', 'cancelled')) as failed,
    count(*) filter (where state = 'refunded') as refunded,
    cast(coalesce(sum(refunded), 0) as decimal(38, 6)) as refunded_total,
    count(*) filter (where coalesce(state not in (
        'succeeded', 'pending', 'processing', 'failed', 'cancelled', 'refunded'
    ), true)) as other

from status_payment_rows

group by currency
