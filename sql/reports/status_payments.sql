-- Payments created in the period, counted and added up for `gigstack status`.
-- Grain: one row per currency; status_payment_rows adds up to it.
--   currency: ISO code; amounts of this row are in it
--   payments: all of them
--   succeeded: money received and not given back in full
--   succeeded_total: total of those, before what was given back of it
--   refunded_in_part: succeeded ones of which a part was given back
--   refunded_in_part_total: what was given back of those
--   collected_total: succeeded_total - refunded_in_part_total
--   collected_total_mxn: in pesos at each payment's own rate, those without a rate left out
--   pending: asked for and not paid
--   pending_total: total of those
--   pending_total_mxn: in pesos at each payment's own rate
--   processing: under way
--   failed: failed or cancelled
--   refunded: given back in full
--   refunded_total: what was given back of those
--   other: in a state nobody knows

with

grouped as (

    -- few groups first, a rate each: to multiply each of a million rows costs more than all else here
    select
        currency,
        state,
        exchange_rate as rate,
        coalesce(refunded > 0, false) as has_refund,
        count(*) as documents,
        sum(total) as amount,
        sum(refunded) as given_back,
        sum(collected) as kept

    from status_payment_rows

    group by currency, state, exchange_rate, coalesce(refunded > 0, false)

)

select
    currency,
    cast(sum(documents) as bigint) as payments,
    cast(
        coalesce(sum(documents) filter (where state = 'succeeded'), 0) as bigint
    ) as succeeded,
    cast(
        coalesce(sum(amount) filter (where state = 'succeeded'), 0) as decimal(38, 6)
    ) as succeeded_total,
    cast(
        coalesce(sum(documents) filter (where state = 'succeeded' and has_refund), 0) as bigint
    ) as refunded_in_part,
    cast(
        coalesce(sum(given_back) filter (where state = 'succeeded'), 0) as decimal(38, 6)
    ) as refunded_in_part_total,
    cast(coalesce(sum(kept), 0) as decimal(38, 6)) as collected_total,
    cast(coalesce(sum(kept * rate), 0) as decimal(38, 6)) as collected_total_mxn,
    cast(
        coalesce(sum(documents) filter (where state = 'pending'), 0) as bigint
    ) as pending,
    cast(
        coalesce(sum(amount) filter (where state = 'pending'), 0) as decimal(38, 6)
    ) as pending_total,
    cast(
        coalesce(sum(amount * rate) filter (where state = 'pending'), 0) as decimal(38, 6)
    ) as pending_total_mxn,
    cast(
        coalesce(sum(documents) filter (where state = 'processing'), 0) as bigint
    ) as processing,
    cast(
        coalesce(sum(documents) filter (where state in ('failed', 'cancelled')), 0) as bigint
    ) as failed,
    cast(
        coalesce(sum(documents) filter (where state = 'refunded'), 0) as bigint
    ) as refunded,
    cast(
        coalesce(sum(given_back) filter (where state = 'refunded'), 0) as decimal(38, 6)
    ) as refunded_total,
    cast(coalesce(sum(documents) filter (where coalesce(state not in (
        'succeeded', 'pending', 'processing', 'failed', 'cancelled', 'refunded'
    ), true)), 0) as bigint) as other

from grouped

group by currency
