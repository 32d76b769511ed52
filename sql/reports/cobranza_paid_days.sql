-- How long clients took to pay, weighted by what they paid in the period; forms that are no cash left out.
-- PPD by their complements in force; PUE by the payments received through gigstack.
-- Grain: one row per currency.
--   currency: currency of the invoices; amounts of this row are in it
--   payments: payments counted
--   amount: what was paid
--   amount_days: sum of amount × days from issue to payment
--   amount_days_late: sum of amount × days from due date to payment; early payments count negative
--   days_to_pay: amount_days / amount
--   days_late: amount_days_late / amount

with

by_complements as (

    select
        rows.invoice_key,
        rows.paid as amount,
        rows.paid_on

    from derived.complement_rows as rows

    inner join cut
        on
            rows.paid_on <= cut.as_of
            and within_period(rows.paid_on, cut.from_on, cut.to_on)

    where
        rows.is_live
        and rows.paid > 0
        and is_cash(rows.payment_form)

),

by_payments as (

    select
        links.invoice_key,
        min(payments.succeeded_on) as paid_on

    from received_payments as payments

    inner join cut
        on
            payments.succeeded_on <= cut.as_of
            and within_period(payments.succeeded_on, cut.from_on, cut.to_on)

    inner join derived.payment_links as links on payments.payment_key = links.payment_key

    where is_cash(payments.payment_form)

    group by links.invoice_key

),

settled as (

    select invoice_key, amount, paid_on, 'PPD' as payment_method from by_complements
    union all
    select invoice_key, null as amount, paid_on, 'PUE' as payment_method from by_payments

),

paid as (

    select
        balances.currency,
        coalesce(settled.amount, balances.total) as amount,
        settled.paid_on - balances.issued_on as days,
        settled.paid_on - balances.due_on as days_late

    from settled

    inner join invoice_balances as balances
        on
            settled.invoice_key = balances.invoice_key
            and settled.payment_method = balances.payment_method

),

summed as (

    select
        currency,
        count(*) as payments,
        sum(amount) as paid_amount,
        sum(cast(amount as decimal(38, 6)) * days) as amount_days,
        sum(cast(amount as decimal(38, 6)) * days_late) as amount_days_late

    from paid

    group by currency

)

select
    currency,
    payments,
    paid_amount as amount,
    amount_days,
    amount_days_late,
    divide(amount_days, paid_amount) as days_to_pay,
    divide(amount_days_late, paid_amount) as days_late

from summed
