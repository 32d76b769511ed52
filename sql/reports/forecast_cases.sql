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

rules as (

    select
        as_of,
        as_of - 730 as before_on

    from cut

),

bills as (

    select
        balances.invoice_key,
        balances.team_id,
        balances.client_key,
        balances.due_on,
        balances.issued_on,
        rules.as_of,
        cast(balances.total - balances.credited - balances.advances as double) as net,
        cast(balances.balance as double) as balance,
        cast(balances.paid as double) as paid,
        balances.complements,
        balances.last_paid_on

    from invoice_balances as balances

    inner join rules on balances.issued_on > rules.before_on

    where
        balances.payment_method = 'PPD'
        and abs(balances.computed_balance - balances.balance) <= 0.01
        and balances.total - balances.credited - balances.advances > 0

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
        cast(floor((said.paid_on - bills.due_on) / 7) as integer) as week,
        0.0 as entered,
        least(cast(said.paid as double) / bills.net, 1.0) as paid,
        0.0 as left_open,
        1 as payments

    from derived.complement_rows as said

    inner join bills on said.invoice_key = bills.invoice_key

    where
        bills.complements > 1
        and said.row_no is not null
        and said.paid_on <= bills.as_of
        and coalesce(said.ended_on > bills.as_of, true)

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
