-- What the forecast of collections learns from: credit sales entering, being paid, still open, by age.
-- Every PPD invoice of the two years before the cut counts as one, whatever its amount; a part
-- payment counts as its share. Invoices whose balance their complements do not explain are left out.
-- Grain: one row per company, client and week of age with anything in it.
--   team_id: the company
--   client_key: the client: RFC, or the client's id where the RFC is generic
--   week: whole weeks after the due date, negative before it, from -13 to 104; the day of issue
--     counts as due where no terms are known
--   entered: invoices issued at that age
--   paid: paid at that age, parts as shares
--   left_open: still open at the cut, which is at that age, parts as shares
--   payments: payments behind paid

with

bills as (

    select
        invoice_balances.team_id,
        invoice_balances.client_key,
        invoice_balances.invoice_id,
        invoice_balances.due_on,
        invoice_balances.issued_on,
        cut.as_of,
        cast(
            invoice_balances.total - invoice_balances.credited - invoice_balances.advances as double
        ) as net,
        cast(invoice_balances.balance as double) as balance,
        cast(invoice_balances.paid as double) as paid,
        invoice_balances.complements,
        invoice_balances.last_paid_on

    from invoice_balances

    cross join cut

    where
        invoice_balances.payment_method = 'PPD'
        and invoice_balances.issued_on > cut.as_of - 730
        and abs(
            greatest(
                invoice_balances.total - invoice_balances.credited
                - invoice_balances.advances - invoice_balances.paid,
                0
            ) - invoice_balances.balance
        ) <= 0.01
        and invoice_balances.total - invoice_balances.credited - invoice_balances.advances > 0

),

steps as (

    select
        team_id,
        client_key,
        cast(floor((issued_on - due_on) / 7) as integer) as week,
        1.0 as entered,
        0.0 as paid,
        0.0 as left_open,
        0 as payments

    from bills

    union all

    select
        team_id,
        client_key,
        cast(floor((as_of - due_on) / 7) as integer) as week,
        0.0 as entered,
        0.0 as paid,
        least(balance / net, 1.0) as left_open,
        0 as payments

    from bills

    where balance > 0

    union all

    select
        team_id,
        client_key,
        cast(floor((last_paid_on - due_on) / 7) as integer) as week,
        0.0 as entered,
        least(paid / net, 1.0) as paid,
        0.0 as left_open,
        1 as payments

    from bills

    where complements = 1

    union all

    select
        bills.team_id,
        bills.client_key,
        cast(floor((complement_payments.paid_on - bills.due_on) / 7) as integer) as week,
        0.0 as entered,
        least(cast(complement_payments.paid as double) / bills.net, 1.0) as paid,
        0.0 as left_open,
        1 as payments

    from complement_payments

    inner join bills
        on
            complement_payments.team_id = bills.team_id
            and complement_payments.invoice_id = bills.invoice_id

    where
        bills.complements > 1
        and complement_payments.paid_on <= bills.as_of
        and (
            complement_payments.ended_on is null
            or complement_payments.ended_on > bills.as_of
        )

)

select
    team_id,
    client_key,
    least(greatest(week, -13), 104) as week,
    sum(entered) as entered,
    sum(paid) as paid,
    sum(left_open) as left_open,
    sum(payments) as payments

from steps

group by
    team_id,
    client_key,
    least(greatest(week, -13), 104)
