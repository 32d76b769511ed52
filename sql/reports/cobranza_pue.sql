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
        links.invoice_key,
        payments.currency,
        sum(payments.amount) as received_then

    from derived.payment_links as links

    inner join received_payments as payments on links.payment_key = payments.payment_key

    inner join rules on payments.succeeded_on <= rules.as_of

    where links.invoice_key is not null

    group by
        links.invoice_key,
        payments.currency

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
            balances.invoice_key = received.invoice_key
            and balances.currency = received.currency

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
