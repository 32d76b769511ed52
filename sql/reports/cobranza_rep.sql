-- Payments on PPD invoices whose complement (REP) is missing, and complements stamped late.
-- A complement is due on the 5th natural day of the month after the payment. A payment is covered
-- by a complement in force that names it, or that names no payment and pays the same amount of the
-- same invoice within five days.
-- Grain: one row per payment received through gigstack and PPD invoice without a complement at the
-- cut; one per late complement row.
-- Source: RMF 2.7.1.32.
--   team_id: the company that is paid
--   state: pending (the deadline is not over), missing (it is), late (stamped after it)
--   payment_id: gigstack's id of the payment; NULL for late ones
--   complement_uuid: folio fiscal of the late complement
--   invoice_id: gigstack's id of the invoice
--   invoice_uuid: folio fiscal of the invoice
--   document: series and folio of the invoice
--   client_key: who paid; see invoice_balances
--   client_name: legal name on the invoice
--   currency: ISO code; amount is in it
--   amount: what was paid; of a payment for several invoices, all of it
--   paid_on: local day of the payment
--   deadline_on: last local day to stamp the complement
--   days_left: days from the cut to the deadline, negative when it is over; NULL for late ones
--   stamped_on: local day the late complement was stamped
--   days_late: days it was late, until it was stamped or until the cut; NULL for pending ones

with

rules as (

    select
        cut.as_of,
        cut.from_on,
        cut.to_on,
        cut.team_id,
        cut.tolerance

    from cut

),

bare as (

    -- payments that no complement names
    select
        payments.payment_key,
        payments.team_id,
        payments.payment_id,
        payments.currency,
        payments.amount,
        payments.succeeded_on as paid_on

    from received_payments as payments

    inner join rules
        on
            payments.succeeded_on <= rules.as_of
            and within_period(payments.succeeded_on, rules.from_on, rules.to_on)
            and (rules.team_id is null or payments.team_id = rules.team_id)

    left join complement_coverage
        on
            payments.team_id = complement_coverage.team_id
            and payments.payment_id = complement_coverage.payment_id

    where complement_coverage.payment_id is null

),

uncovered as (

    select
        bare.*,
        balances.invoice_id,
        balances.uuid_fiscal,
        concat_ws('-', balances.series, balances.folio_number) as document,
        balances.client_key,
        balances.client_name

    from bare

    inner join derived.payment_links as links on bare.payment_key = links.payment_key

    inner join invoice_balances as balances on links.invoice_key = balances.invoice_key

    cross join rules

    left join derived.complement_rows as rows
        on
            links.invoice_key = rows.invoice_key
            and rows.is_live
            and abs(rows.paid - bare.amount) <= rules.tolerance
            and abs(rows.paid_on - bare.paid_on) <= 5

    where
        balances.payment_method = 'PPD'
        and rows.invoice_key is null

),

late as (

    select
        rows.*,
        rules.as_of

    from complement_payments as rows

    inner join rules
        on
            rows.paid_on <= rules.as_of
            and rows.stamped_on <= rules.as_of
            and (rules.team_id is null or rows.team_id = rules.team_id)

    where
        rows.is_live
        and rows.stamped_on > rep_deadline(rows.paid_on)

)

select
    uncovered.team_id,
    case
        when rules.as_of <= rep_deadline(uncovered.paid_on) then 'pending' else 'missing'
    end as state,
    uncovered.payment_id,
    null as complement_uuid,
    uncovered.invoice_id,
    uncovered.uuid_fiscal as invoice_uuid,
    uncovered.document,
    uncovered.client_key,
    uncovered.client_name,
    uncovered.currency,
    cast(uncovered.amount as decimal(18, 6)) as amount,
    uncovered.paid_on,
    rep_deadline(uncovered.paid_on) as deadline_on,
    rep_deadline(uncovered.paid_on) - rules.as_of as days_left,
    null as stamped_on,
    case
        when rules.as_of > rep_deadline(uncovered.paid_on)
            then rules.as_of - rep_deadline(uncovered.paid_on)
    end as days_late

from uncovered

cross join rules

union all

select
    late.team_id,
    'late' as state,
    null as payment_id,
    late.complement_uuid,
    late.invoice_id,
    late.invoice_uuid,
    invoices.document,
    invoices.client_key,
    invoices.client_name,
    late.invoice_currency as currency,
    late.paid as amount,
    late.paid_on,
    rep_deadline(late.paid_on) as deadline_on,
    null as days_left,
    late.stamped_on,
    late.stamped_on - rep_deadline(late.paid_on) as days_late

from late

cross join rules

left join credit_invoices as invoices
    on
        late.team_id = invoices.team_id
        and late.invoice_id = invoices.invoice_id

where within_period(late.paid_on, rules.from_on, rules.to_on)
