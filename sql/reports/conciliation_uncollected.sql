-- Invoices that should have been paid and were not: check C11.
-- A PUE is to be paid within the month of issue, by payments linked to it; global invoices and those
-- of receipts were paid before. A PPD is to be paid by its due date. A payment of several invoices
-- counts in proportion to their totals; one in another currency counts as the whole.
-- Source: RMF 2.7.1.39 (PUE); the due date of invoice_balances (PPD).
-- Grain: one row per invoice.
--   team_id: the company
--   code: C11
--   state: found, or pending: a PUE whose month has not ended
--   dated_on: day of issue
--   currency: ISO code; XXX where there is no amount
--   amount: what is missing, in the invoice's currency
--   record_type: always I
--   invoice_id: gigstack's id of the invoice
--   payment_id: always NULL here
--   uuid_fiscal: folio fiscal of the invoice
--   related_id: always NULL here
--   client_name: the client
--   due_on: day it was to be paid by
--   note: what is wrong, in words

with

at_once as (

    select
        sold.*,
        cut.as_of,
        cut.is_past,
        cut.tolerance

    from derived.uncollected as sold

    cross join cut

    where
        sold.issued_on <= cut.as_of
        and coalesce(sold.covered_on > cut.as_of, true)
        and (sold.is_live or (cut.is_past and coalesce(sold.ended_on > cut.as_of, true)))
        and (cut.team_id is null or sold.team_id = cut.team_id)

),

credited as (

    select
        credits.invoice_key,
        sum(credits.invoice_amount) as amount

    from derived.credit_allocations as credits

    cross join cut

    where
        credits.invoice_key in (select at_once.invoice_key from at_once)
        and credits.credit_kind in ('credit_note', 'advance')
        and credits.issued_on <= cut.as_of
        and in_force(
            credits.is_live, credits.held_until_on, credits.ended_on, cut.as_of, cut.is_past
        )

    group by credits.invoice_key

),

owed as (

    select
        at_once.*,
        at_once.total - coalesce(credited.amount, 0) as to_pay

    from at_once

    left join credited on at_once.invoice_key = credited.invoice_key

),

told as (

    select
        invoice_key,
        currency,
        to_pay,
        as_of,
        unnest(payments) as payment

    from owed

    where to_pay > tolerance

),

collected as (

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

)

select
    owed.team_id,
    'C11' as code,
    case when last_day(owed.issued_on) < owed.as_of then 'found' else 'pending' end as state,
    owed.issued_on as dated_on,
    owed.currency,
    cast(owed.to_pay - coalesce(collected.amount, 0) as decimal(18, 6)) as amount,
    'I' as record_type,
    owed.id as invoice_id,
    cast(null as varchar) as payment_id,
    owed.uuid_fiscal,
    cast(null as varchar) as related_id,
    owed.client_name,
    last_day(owed.issued_on) as due_on,
    case when collected.amount > 0 then 'PUE collected in part' else 'PUE without payment' end
        as note

from owed

left join collected on owed.invoice_key = collected.invoice_key

where owed.to_pay - coalesce(collected.amount, 0) > owed.tolerance

union all

select
    balances.team_id,
    'C11' as code,
    'found' as state,
    balances.issued_on as dated_on,
    balances.currency,
    cast(balances.balance as decimal(18, 6)) as amount,
    'I' as record_type,
    balances.invoice_id,
    null as payment_id,
    balances.uuid_fiscal,
    null as related_id,
    balances.client_name,
    balances.due_on,
    'PPD overdue by ' || balances.days_overdue || ' days' as note

from invoice_balances as balances

cross join cut

where
    balances.may_be_open
    and balances.payment_method = 'PPD'
    and balances.balance > cut.tolerance
    and balances.days_overdue > 0
