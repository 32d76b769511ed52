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

grouped as (

    -- few groups first: a filter on each of a million rows costs more than all else here
    select
        currency,
        case
            when invoice_type = 'E' then case when state = 'valid' then 'credit' end
            when state in ('valid', 'cancelled') then state
            else 'other'
        end as part,
        payment_method,
        total_mxn is null as lacks_rate,
        count(*) as documents,
        sum(total) as amount,
        sum(total_mxn) as amount_mxn

    from status_invoice_rows

    where invoice_type in ('I', 'E')

    group by currency, invoice_type, state, payment_method, total_mxn is null

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
        coalesce(sum(documents) filter (where part = 'valid' and lacks_rate), 0) as bigint
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
