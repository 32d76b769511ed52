-- PUE invoices that are not collected: whoever issues PUE says it is paid within the month.
-- One that is not must be cancelled with motive 01 and replaced by a PPD. Global invoices and those
-- of receipts were paid before. A payment of several invoices counts in proportion to their totals;
-- one in another currency counts as the whole.
-- Grain: one row per PUE invoice in force whose payments received until the cut fall short.
-- Source: RMF 2.7.1.39; conciliation's check C11 counts these rows.
--   team_id: the company that issued it
--   state: pending (its month is not over) or missed (it is)
--   invoice_id: gigstack's id of the invoice
--   uuid_fiscal: folio fiscal
--   document: series and folio
--   client_key: who owes; see invoice_balances
--   client_name: legal name on the invoice
--   currency: ISO code; amounts of this row are in it
--   payment_form: SAT's code of how it was to be paid
--   issued_on: local day of the invoice
--   total: total of the invoice
--   collected: payments received through gigstack, complements, credit notes and advances
--   uncollected: total - collected
--   month_end_on: last day to collect it
--   days_left: days from the cut to month_end_on, negative when it is over

with

sold as (

    -- what is left to pay once credits are taken off
    select
        balances.team_id,
        balances.invoice_id,
        balances.uuid_fiscal,
        concat_ws('-', balances.series, balances.folio_number) as document,
        balances.client_key,
        balances.client_name,
        balances.currency,
        balances.payment_form,
        balances.issued_on,
        balances.total,
        balances.invoice_key,
        balances.paid + balances.credited + balances.advances as settled,
        balances.total - balances.credited - balances.advances as to_pay,
        candidates.payments,
        cut.as_of,
        cut.tolerance

    from derived.uncollected as candidates

    inner join cut
        on
            candidates.issued_on <= cut.as_of
            and coalesce(candidates.covered_on > cut.as_of, true)
            and within_period(candidates.issued_on, cut.from_on, cut.to_on)
            and (cut.team_id is null or candidates.team_id = cut.team_id)

    inner join invoice_balances as balances
        on
            candidates.invoice_key = balances.invoice_key
            and balances.payment_method = 'PUE'

),

told as (

    select
        invoice_key,
        currency,
        to_pay,
        as_of,
        unnest(payments) as payment

    from sold

    where to_pay > tolerance

),

received as (

    select
        invoice_key,
        sum(case
            when payment.currency <> currency then to_pay
            when payment.named_total > 0 then least(
                to_pay,
                round(
                    divide(
                        cast(payment.amount as decimal(18, 6)),
                        cast(payment.named_total as decimal(18, 6))
                    ) * cast(to_pay as decimal(18, 6)),
                    2
                )
            )
            else payment.amount
        end) as amount

    from told

    where payment.paid_on <= as_of

    group by invoice_key

),

tallied as (

    select
        sold.*,
        sold.settled + coalesce(received.amount, 0) as collected

    from sold

    left join received on sold.invoice_key = received.invoice_key

)

select
    team_id,
    case when as_of <= last_day(issued_on) then 'pending' else 'missed' end as state,
    invoice_id,
    uuid_fiscal,
    document,
    client_key,
    client_name,
    currency,
    payment_form,
    issued_on,
    total,
    cast(collected as decimal(18, 6)) as collected,
    cast(total - collected as decimal(18, 6)) as uncollected,
    last_day(issued_on) as month_end_on,
    last_day(issued_on) - as_of as days_left

from tallied

where total - collected > tolerance
