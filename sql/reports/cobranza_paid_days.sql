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

paid as (

    select
        invoices.currency,
        rows.paid as amount,
        rows.paid_on - balances.issued_on as days,
        rows.paid_on - balances.due_on as days_late

    from derived.complement_rows as rows

    inner join invoice_balances as balances
        on
            rows.team_id = balances.team_id
            and rows.invoice_id = balances.invoice_id

    inner join mirror.invoices_income as invoices on rows.invoice_key = invoices.key

    cross join cut

    where
        rows.is_live
        and rows.paid > 0
        and balances.payment_method = 'PPD'
        and is_cash(rows.payment_form)
        and rows.paid_on <= cut.as_of
        and within_period(rows.paid_on, cut.from_on, cut.to_on)

    union all

    select
        balances.currency,
        balances.total as amount,
        min(payments.succeeded_on) - balances.issued_on as days,
        min(payments.succeeded_on) - balances.due_on as days_late

    from mirror.payments as payments

    inner join payment_invoices as links
        on
            payments.team_id = links.team_id
            and payments.id = links.payment_id

    inner join invoice_balances as balances
        on
            links.team_id = balances.team_id
            and links.invoice_id = balances.invoice_id

    cross join cut

    where
        payments.status = 'succeeded'
        and payments.deleted_at is null
        and balances.payment_method = 'PUE'
        and is_cash(payments.payment_form)
        and payments.succeeded_on <= cut.as_of
        and within_period(payments.succeeded_on, cut.from_on, cut.to_on)

    group by
        balances.team_id,
        balances.invoice_id,
        balances.currency,
        balances.total,
        balances.issued_on,
        balances.due_on

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
