-- What was invoiced and collected in each month, the history that revenue is forecast from.
-- As known at the cut: an invoice cancelled later still counts, one cancelled by then does not.
-- Grain: one row per company, currency and month with anything in it. No row lies after the cut.
--   team_id: the company
--   currency: ISO code; amounts of this row are in it
--   month_start: first day of the month
--   month_end: last day of the month
--   is_complete: the month has ended at the cut
--   invoices: income invoices issued
--   invoiced: their totals, taxes included
--   invoiced_to_day: of which issued up to the cut's day of the month; the share of a month that
--     is usually in by now
--   payments: payments received
--   collected: their totals
--   collected_to_day: of which received up to the cut's day of the month
--   receipts: receipts made
--   receipted: their totals; a receipt is a payment, too, never a further sale

with

issued as (

    select
        invoices.team_id,
        invoices.currency,
        invoices.issued_on as day,
        count(*) as invoices,
        sum(invoices.total) as invoiced,
        0 as payments,
        0 as collected,
        0 as receipts,
        0 as receipted

    from invoices

    cross join cut

    where
        invoices.invoice_type = 'I'
        and invoices.deleted_at is null
        and invoices.issued_on <= cut.as_of
        and (
            invoices.status = 'valid'
            or (invoices.status = 'cancelled' and invoices.cancelled_on > cut.as_of)
        )
        and (cut.team_id is null or invoices.team_id = cut.team_id)

    group by
        invoices.team_id,
        invoices.currency,
        invoices.issued_on

),

received as (

    select
        payments.team_id,
        payments.currency,
        coalesce(payments.succeeded_on, payments.created_on) as day,
        0 as invoices,
        0 as invoiced,
        count(*) as payments,
        sum(payments.total) as collected,
        0 as receipts,
        0 as receipted

    from payments

    cross join cut

    where
        payments.status = 'succeeded'
        and payments.deleted_at is null
        and coalesce(payments.succeeded_on, payments.created_on) <= cut.as_of
        and (cut.team_id is null or payments.team_id = cut.team_id)

    group by
        payments.team_id,
        payments.currency,
        coalesce(payments.succeeded_on, payments.created_on)

),

made as (

    select
        receipts.team_id,
        receipts.currency,
        receipts.created_on as day,
        0 as invoices,
        0 as invoiced,
        0 as payments,
        0 as collected,
        count(*) as receipts,
        sum(receipts.total) as receipted

    from receipts

    cross join cut

    where
        receipts.status <> 'cancelled'
        and receipts.deleted_at is null
        and receipts.created_on <= cut.as_of
        and (cut.team_id is null or receipts.team_id = cut.team_id)

    group by
        receipts.team_id,
        receipts.currency,
        receipts.created_on

),

every_day as (

    select * from issued
    union all
    select * from received
    union all
    select * from made

),

with_month as (

    select
        every_day.*,
        calendar.month_start,
        calendar.month_end,
        calendar.month_end <= cut.as_of as is_complete,
        day(every_day.day) <= day(cut.as_of)
        or cut.as_of = last_day(cut.as_of) as is_by_day

    from every_day

    inner join calendar
        on every_day.day = calendar.day

    cross join cut

)

select
    team_id,
    currency,
    month_start,
    month_end,
    is_complete,
    cast(sum(invoices) as bigint) as invoices,
    cast(sum(invoiced) as decimal(38, 6)) as invoiced,
    cast(
        coalesce(sum(invoiced) filter (where is_by_day), 0) as decimal(38, 6)
    ) as invoiced_to_day,
    cast(sum(payments) as bigint) as payments,
    cast(sum(collected) as decimal(38, 6)) as collected,
    cast(
        coalesce(sum(collected) filter (where is_by_day), 0) as decimal(38, 6)
    ) as collected_to_day,
    cast(sum(receipts) as bigint) as receipts,
    cast(sum(receipted) as decimal(38, 6)) as receipted

from with_month

group by
    team_id,
    currency,
    month_start,
    month_end,
    is_complete
