-- PUE invoices that are not collected: whoever issues PUE says it is paid within the month.
-- One that is not must be cancelled with motive 01 and replaced by a PPD.
-- Grain: one row per PUE invoice in force whose payments received until the cut fall short.
-- Source: RMF 2.7.1.39.
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

rules as (

    select
        cut.as_of,
        cut.from_on,
        cut.to_on,
        cut.team_id,
        cut.tolerance

    from cut

),

received as (

    select
        invoices.team_id,
        invoices.id as invoice_id,
        sum(payments.effective_total - coalesce(payments.total_refunded, 0)) as received_then

    from derived.payment_links as links

    inner join mirror.invoices_income as invoices on links.invoice_key = invoices.key

    inner join mirror.payments as payments
        on
            links.payment_key = payments.key
            and invoices.currency = payments.currency

    inner join rules
        on
            payments.succeeded_on <= rules.as_of
            and within_period(invoices.issued_on, rules.from_on, rules.to_on)

    where
        payments.status = 'succeeded'
        and payments.deleted_at is null
        and invoices.payment_method = 'PUE'

    group by
        invoices.team_id,
        invoices.id

),

tallied as (

    select
        balances.*,
        rules.as_of,
        rules.tolerance,
        coalesce(received.received_then, 0)
        + balances.paid
        + balances.credited
        + balances.advances as collected

    from invoice_balances as balances

    inner join rules on within_period(balances.issued_on, rules.from_on, rules.to_on)

    left join received
        on
            balances.team_id = received.team_id
            and balances.invoice_id = received.invoice_id

    where balances.payment_method = 'PUE'

)

select
    team_id,
    case when as_of <= last_day(issued_on) then 'pending' else 'missed' end as state,
    invoice_id,
    uuid_fiscal,
    concat_ws('-', series, folio_number) as document,
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
