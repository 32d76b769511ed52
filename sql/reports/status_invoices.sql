-- Invoices of type I in the period, counted and added up for `gigstack status`; E beside them.
-- Grain: one row per currency; status_invoice_rows adds up to it.
--   currency: ISO code; amounts of this row are in it
--   invoices: all of type I, whatever their state
--   valid: in force at the cut
--   cancelled: cancelled by the cut
--   other: pending, or in a state nobody knows
--   pue: valid and paid in full at once
--   pue_total: total of those
--   ppd: valid and paid in instalments or later
--   ppd_total: total of those
--   valid_total: total of the valid ones
--   valid_total_mxn: in pesos at each document's own rate, those without a rate left out
--   without_rate: valid ones whose rate is missing
--   cancelled_total: total of the cancelled ones
--   credit_notes: E in force
--   credited_total: total of those
--   credited_total_mxn: in pesos at each document's own rate

with

raw as (

    -- few groups first, in the words and rates of the rows: to judge or multiply each of a million
    -- rows costs more than all else here
    select
        invoices.currency,
        invoices.invoice_type,
        invoices.status,
        invoices.payment_method,
        rate_of(invoices.currency, invoices.exchange_rate) as rate,
        case
            when cut.is_past and invoices.status = 'cancelled'
                then case
                    when invoices.cancelled_on <= cut.as_of then 'cancelled'
                    when invoices.cancelled_on > cut.as_of then 'valid'
                    else 'unknown'
                end
        end as state_then,
        count(*) as documents,
        count(invoices.total) as amounts,
        sum(invoices.total) as amount

    from invoices

    cross join cut

    where
        invoices.invoice_type in ('I', 'E')
        and (
            invoices.deleted_at is null
            or (cut.is_past and central_day(invoices.deleted_at) > cut.as_of)
        )
        and within_period(invoices.issued_on, cut.from_on, least(cut.to_on, cut.as_of))
        and (cut.team_id is null or invoices.team_id = cut.team_id)

    group by all

),

grouped as (

    select
        currency,
        case
            when invoice_type = 'E'
                then case when coalesce(state_then, status) = 'valid' then 'credit' end
            when coalesce(state_then, status) in ('valid', 'cancelled')
                then coalesce(state_then, status)
            else 'other'
        end as part,
        payment_method,
        documents,
        amount,
        amount * rate as amount_mxn,
        case when rate is null then documents else documents - amounts end as unpriced

    from raw

)

select
    currency,
    cast(
        coalesce(sum(documents) filter (where part <> 'credit'), 0) as bigint
    ) as invoices,
    cast(
        coalesce(sum(documents) filter (where part = 'valid'), 0) as bigint
    ) as valid,
    cast(
        coalesce(sum(documents) filter (where part = 'cancelled'), 0) as bigint
    ) as cancelled,
    cast(
        coalesce(sum(documents) filter (where part = 'other'), 0) as bigint
    ) as other,
    cast(
        coalesce(sum(documents) filter (where part = 'valid' and payment_method = 'PUE'), 0) as bigint
    ) as pue,
    cast(
        coalesce(sum(amount) filter (where part = 'valid' and payment_method = 'PUE'), 0) as decimal(38, 6)
    ) as pue_total,
    cast(
        coalesce(sum(documents) filter (where part = 'valid' and payment_method = 'PPD'), 0) as bigint
    ) as ppd,
    cast(
        coalesce(sum(amount) filter (where part = 'valid' and payment_method = 'PPD'), 0) as decimal(38, 6)
    ) as ppd_total,
    cast(
        coalesce(sum(amount) filter (where part = 'valid'), 0) as decimal(38, 6)
    ) as valid_total,
    cast(
        coalesce(sum(amount_mxn) filter (where part = 'valid'), 0) as decimal(38, 6)
    ) as valid_total_mxn,
    cast(
        coalesce(sum(unpriced) filter (where part = 'valid'), 0) as bigint
    ) as without_rate,
    cast(
        coalesce(sum(amount) filter (where part = 'cancelled'), 0) as decimal(38, 6)
    ) as cancelled_total,
    cast(
        coalesce(sum(documents) filter (where part = 'credit'), 0) as bigint
    ) as credit_notes,
    cast(
        coalesce(sum(amount) filter (where part = 'credit'), 0) as decimal(38, 6)
    ) as credited_total,
    cast(
        coalesce(sum(amount_mxn) filter (where part = 'credit'), 0) as decimal(38, 6)
    ) as credited_total_mxn

from grouped

group by currency
