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

select
    currency,
    count(*) filter (where invoice_type = 'I') as invoices,
    count(*) filter (where invoice_type = 'I' and state = 'valid') as valid,
    count(*) filter (where invoice_type = 'I' and state = 'cancelled') as cancelled,
    count(*) filter (
        where invoice_type = 'I' and coalesce(state not in ('valid', 'cancelled'), true)
    ) as other,
    count(*) filter (
        where invoice_type = 'I' and state = 'valid' and payment_method = 'PUE'
    ) as pue,
    cast(coalesce(sum(total) filter (
        where invoice_type = 'I' and state = 'valid' and payment_method = 'PUE'
    ), 0) as decimal(38, 6)) as pue_total,
    count(*) filter (
        where invoice_type = 'I' and state = 'valid' and payment_method = 'PPD'
    ) as ppd,
    cast(coalesce(sum(total) filter (
        where invoice_type = 'I' and state = 'valid' and payment_method = 'PPD'
    ), 0) as decimal(38, 6)) as ppd_total,
    cast(coalesce(sum(total) filter (
        where invoice_type = 'I' and state = 'valid'
    ), 0) as decimal(38, 6)) as valid_total,
    cast(coalesce(sum(total_mxn) filter (
        where invoice_type = 'I' and state = 'valid'
    ), 0) as decimal(38, 6)) as valid_total_mxn,
    count(*) filter (
        where invoice_type = 'I' and state = 'valid' and total_mxn is null
    ) as without_rate,
    cast(coalesce(sum(total) filter (
        where invoice_type = 'I' and state = 'cancelled'
    ), 0) as decimal(38, 6)) as cancelled_total,
    count(*) filter (where invoice_type = 'E' and state = 'valid') as credit_notes,
    cast(coalesce(sum(total) filter (
        where invoice_type = 'E' and state = 'valid'
    ), 0) as decimal(38, 6)) as credited_total,
    cast(coalesce(sum(total_mxn) filter (
        where invoice_type = 'E' and state = 'valid'
    ), 0) as decimal(38, 6)) as credited_total_mxn

from status_invoice_rows

where invoice_type in ('I', 'E')

group by currency
