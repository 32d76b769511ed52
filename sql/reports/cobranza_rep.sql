-- Payments on PPD invoices whose complement (REP) is missing, and complements stamped late.
-- A complement is due on the 5th natural day of the month after the payment. A payment is covered
-- by a complement in force that names it, or that names no payment and pays the same amount of the
-- same invoice within five days. A payment for several invoices is split by what is open of each,
-- to the cent, so that its rows add up to it.
-- Grain: one row per payment received through gigstack and PPD invoice without a complement at the
-- cut; one per late complement row.
-- Source: RMF 2.7.1.32.
--   team_id: the company that is paid
--   state: pending (the deadline is not over), missing (it is), undecided (a complement of one of its
--     invoices may cover it, only the XML tells), late (stamped after the deadline)
--   payment_id: gigstack's id of the payment; NULL for late ones
--   complement_uuid: folio fiscal of the late complement
--   invoice_id: gigstack's id of the invoice
--   invoice_uuid: folio fiscal of the invoice
--   document: series and folio of the invoice
--   client_key: who paid; see invoice_balances
--   client_name: legal name on the invoice
--   currency: ISO code; amount is in it
--   amount: what was paid of this invoice, less refunds: what its complement has to say
--   payment_amount: the whole payment, less refunds; NULL for late ones
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

linked as (

    -- payments that no complement in force names, beside the PPD invoices they pay
    select
        bare.payment_key,
        bare.payment_id,
        bare.amount,
        bare.paid_on,
        bare.currency,
        balances.* exclude (currency),
        balances.currency as invoice_currency

    from derived.uncovered as bare

    inner join rules
        on
            bare.since_on <= rules.as_of
            and coalesce(bare.until_on > rules.as_of, true)
            and bare.amount > rules.tolerance
            and within_period(bare.paid_on, rules.from_on, rules.to_on)
            and (rules.team_id is null or bare.team_id = rules.team_id)

    inner join invoice_balances as balances
        on
            bare.invoice_key = balances.invoice_key
            and balances.payment_method = 'PPD'

),

seen as (

    -- one row per payment that a complement of its invoices may cover
    select
        linked.payment_key,
        bool_or(
            rows.payment_no is not null
            and abs(rows.paid_on - linked.paid_on) <= 5
            and (
                abs(rows.paid - linked.amount) <= rules.tolerance
                or abs(rows.payment_amount - linked.amount) <= rules.tolerance
            )
        ) as is_covered,
        bool_or(rows.payment_no is null) as is_untold

    from linked

    inner join derived.complement_rows as rows on linked.invoice_key = rows.invoice_key

    cross join rules

    where
        rows.stamped_on <= rules.as_of
        and coalesce(rows.ended_on > rules.as_of, rows.is_live)

    group by linked.payment_key

),

weighed as (

    -- what is open of each invoice; of those without a balance, their total
    select
        linked.*,
        coalesce(seen.is_untold, false) as is_untold,
        case
            when sum(coalesce(linked.balance, 0)) over same_payment > 0
                then coalesce(linked.balance, 0)
            else linked.total
        end
        * case
            when
                min(linked.invoice_currency) over same_payment
                = max(linked.invoice_currency) over same_payment
                then 1
            when linked.invoice_currency = 'MXN' then 1
            else coalesce(linked.exchange_rate, 1)
        end as weight

    from linked

    left join seen on linked.payment_key = seen.payment_key

    where not coalesce(seen.is_covered, false)

    window same_payment as (partition by linked.payment_key)

),

cumulated as (

    select
        *,
        cast(sum(cast(weight as decimal(18, 6))) over upward as decimal(18, 6)) as weight_until,
        cast(sum(cast(weight as decimal(18, 6))) over (partition by payment_key) as decimal(18, 6))
            as weights

    from weighed

    window upward as (partition by payment_key order by invoice_key rows unbounded preceding)

),

uncovered as (

    select
        * exclude (amount),
        concat_ws('-', series, folio_number) as document,
        amount as payment_amount,
        share_until(amount, weight_until, weights)
        - coalesce(
            lag(share_until(amount, weight_until, weights))
                over (partition by payment_key order by invoice_key),
            0
        ) as amount

    from cumulated

),

late as (

    select
        rows.*,
        rules.as_of

    from derived.complement_rows as rows

    inner join rules
        on
            rows.paid_on <= rules.as_of
            and rows.stamped_on <= rules.as_of
            and within_period(rows.paid_on, rules.from_on, rules.to_on)
            and (rules.team_id is null or rows.team_id = rules.team_id)

    where
        rows.row_no is not null
        and rows.is_live
        and rows.stamped_on > rep_deadline(rows.paid_on)

)

select
    uncovered.team_id,
    case
        when uncovered.is_untold then 'undecided'
        when rules.as_of <= rep_deadline(uncovered.paid_on) then 'pending'
        else 'missing'
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
    uncovered.payment_amount,
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

where uncovered.amount > 0

union all

select
    late.team_id,
    'late' as state,
    null as payment_id,
    late.complement_uuid,
    late.invoice_id,
    late.invoice_uuid,
    concat_ws('-', invoices.series, invoices.folio_number) as document,
    invoices.client_key,
    invoices.client_name,
    late.invoice_currency as currency,
    late.paid as amount,
    null as payment_amount,
    late.paid_on,
    rep_deadline(late.paid_on) as deadline_on,
    null as days_left,
    late.stamped_on,
    late.stamped_on - rep_deadline(late.paid_on) as days_late

from late

left join derived.kept_balances as invoices on late.invoice_key = invoices.invoice_key
