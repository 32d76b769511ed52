-- The payments behind `gigstack status`, each with its state at the cut.
-- Grain: one row per payment created in the period and by the cut, deleted ones left out.
--   team_id: the company that is paid
--   payment_id: gigstack's id of the payment
--   created_on: local day it was created
--   succeeded_on: local day the money was received
--   state: pending when the money came after the cut; failed, cancelled and refunded as known today
--   currency: ISO code; total is in it
--   total: what is paid
--   total_mxn: total in pesos at the payment's own rate; NULL when the rate is missing
--   exchange_rate: pesos per unit of currency; NULL when it is missing
--   refunded: given back; the total of a refunded one when the API names no amount
--   collected: of a succeeded one, total less refunded; 0 of the others
--   collected_mxn: collected in pesos at the payment's own rate; NULL when the rate is missing

select
    seen.*,
    cast(case
        when seen.state = 'succeeded' then seen.total - coalesce(seen.refunded, 0)
        else 0
    end as decimal(18, 6)) as collected,
    cast(case
        when seen.state = 'succeeded'
            then in_pesos(
                seen.total - coalesce(seen.refunded, 0), seen.currency, seen.exchange_rate
            )
        else 0
    end as decimal(38, 6)) as collected_mxn

from (
    select
        payments.team_id,
        payments.id as payment_id,
        payments.created_on,
        payments.succeeded_on,
        case
            when not cut.is_past then payments.status
            when payments.status in ('succeeded', 'refunded') and payments.succeeded_on > cut.as_of
                then 'pending'
            else payments.status
        end as state,
        payments.currency,
        payments.total,
        in_pesos(payments.total, payments.currency, payments.exchange_rate) as total_mxn,
        rate_of(payments.currency, payments.exchange_rate) as exchange_rate,
        case
            when cut.is_past and payments.succeeded_on > cut.as_of then 0
            when payments.status = 'refunded' then coalesce(payments.total_refunded, payments.total)
            else payments.total_refunded
        end as refunded

    from payments

    cross join cut

    where
        (
            payments.deleted_at is null
            or (cut.is_past and central_day(payments.deleted_at) > cut.as_of)
        )
        and within_period(payments.created_on, cut.from_on, least(cut.to_on, cut.as_of))
        and (cut.team_id is null or payments.team_id = cut.team_id)
) as seen
