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

balances as (

    select
        invoice_balances.team_id,
        invoice_balances.invoice_id,
        invoice_balances.uuid_fiscal,
        invoice_balances.client_name,
        invoice_balances.currency,
        invoice_balances.payment_method,
        invoice_balances.issued_on,
        invoice_balances.due_on,
        invoice_balances.balance,
        invoice_balances.total
        - coalesce(invoice_balances.credited, 0) - coalesce(invoice_balances.advances, 0) as to_pay

    from invoice_balances

    where
        invoice_balances.payment_method = 'PUE'
        or invoice_balances.balance > 0

),

at_once as (

    select *
    from balances
    where payment_method = 'PUE'

),

received as not materialized (

    select
        paid.team_id,
        paid.id,
        paid.currency,
        paid.total - coalesce(paid.total_refunded, 0) as amount,
        paid.invoice_ids

    from payment_heads as paid

    cross join cut

    where
        paid.deleted_at is null
        and paid.status = 'succeeded'
        and paid.paid_on <= cut.as_of

),

paid_alone as (

    -- the usual case, told by one join: a payment that names one invoice, by its id
    select
        team_id,
        invoice_ids[1] as invoice_id,
        currency,
        amount

    from received

    where entries(invoice_ids) = 1

),

settled as (

    select
        at_once.team_id,
        at_once.invoice_id

    from at_once

    inner join paid_alone
        on
            at_once.team_id = paid_alone.team_id
            and at_once.invoice_id = paid_alone.invoice_id
            and at_once.currency = paid_alone.currency

    cross join cut

    where paid_alone.amount >= at_once.to_pay - cut.tolerance

),

doubtful as (

    select at_once.*

    from at_once

    cross join cut

    left join settled
        on
            at_once.team_id = settled.team_id
            and at_once.invoice_id = settled.invoice_id

    where
        settled.invoice_id is null
        and at_once.to_pay > cut.tolerance

),

names as (

    select team_id, invoice_id, invoice_id as reference
    from doubtful

    union all

    select team_id, invoice_id, uuid_fiscal as reference
    from doubtful
    where uuid_fiscal <> invoice_id

),

named_by_payment as (

    select team_id, id as payment_id, unnest(invoice_ids) as reference
    from received

),

named_by_invoice as (

    select
        held.team_id,
        held.id as invoice_id,
        unnest(held.payment_ids) as payment_id

    from income_heads as held

    inner join doubtful
        on
            held.team_id = doubtful.team_id
            and held.id = doubtful.invoice_id

),

links as (

    select names.team_id, names.invoice_id, named_by_payment.payment_id
    from names
    inner join named_by_payment
        on
            names.team_id = named_by_payment.team_id
            and names.reference = named_by_payment.reference

    union

    select team_id, invoice_id, payment_id
    from named_by_invoice

),

shared_names as (

    select distinct
        named_by_payment.team_id,
        named_by_payment.payment_id,
        named_by_payment.reference

    from named_by_payment

    inner join links
        on
            named_by_payment.team_id = links.team_id
            and named_by_payment.payment_id = links.payment_id

    inner join received
        on
            links.team_id = received.team_id
            and links.payment_id = received.id

    where entries(received.invoice_ids) > 1

),

shared as (

    -- of a payment that names several invoices, what all of them come to
    select
        team_id,
        payment_id,
        sum(total) as named_total

    from (
        select shared_names.team_id, shared_names.payment_id, held.id, held.total
        from shared_names
        inner join income_heads as held
            on
                shared_names.team_id = held.team_id
                and shared_names.reference = held.id
        union
        select shared_names.team_id, shared_names.payment_id, held.id, held.total
        from shared_names
        inner join income_heads as held
            on
                shared_names.team_id = held.team_id
                and shared_names.reference = held.uuid_fiscal
    ) as named

    group by
        team_id,
        payment_id

    having count(*) > 1

),

collected as (

    select
        links.team_id,
        links.invoice_id,
        sum(case
            when received.currency <> doubtful.currency then doubtful.to_pay
            when shared.named_total > 0 then least(
                doubtful.to_pay,
                round(
                    divide(
                        cast(received.amount as decimal(18, 6)),
                        cast(shared.named_total as decimal(18, 6))
                    ) * cast(doubtful.to_pay as decimal(18, 6)),
                    2
                )
            )
            else received.amount
        end) as amount

    from links

    inner join received
        on
            links.team_id = received.team_id
            and links.payment_id = received.id

    inner join doubtful
        on
            links.team_id = doubtful.team_id
            and links.invoice_id = doubtful.invoice_id

    left join shared
        on
            links.team_id = shared.team_id
            and links.payment_id = shared.payment_id

    group by
        links.team_id,
        links.invoice_id

),

of_receipts as (

    select team_id, unnest(invoice_ids) as reference
    from receipt_heads
    where deleted_at is null

),

paid_before as (

    -- of receipts, and of the general public
    select names.team_id, names.invoice_id
    from names
    inner join of_receipts
        on
            names.team_id = of_receipts.team_id
            and names.reference = of_receipts.reference

    union all

    select team_id, id as invoice_id
    from income_heads
    where is_global

),

missing as (

    select
        doubtful.*,
        doubtful.to_pay - coalesce(collected.amount, 0) as amount,
        coalesce(collected.amount, 0) as collected

    from doubtful

    left join collected
        on
            doubtful.team_id = collected.team_id
            and doubtful.invoice_id = collected.invoice_id

    where (doubtful.team_id, doubtful.invoice_id) not in (
        select
            paid_before.team_id,
            paid_before.invoice_id

        from paid_before
    )

)

select
    missing.team_id,
    'C11' as code,
    case when last_day(missing.issued_on) < cut.as_of then 'found' else 'pending' end as state,
    missing.issued_on as dated_on,
    missing.currency,
    cast(missing.amount as decimal(18, 6)) as amount,
    'I' as record_type,
    missing.invoice_id,
    cast(null as varchar) as payment_id,
    missing.uuid_fiscal,
    cast(null as varchar) as related_id,
    missing.client_name,
    last_day(missing.issued_on) as due_on,
    case
        when missing.collected > 0 then 'PUE collected in part'
        else 'PUE without payment'
    end as note

from missing

cross join cut

where missing.amount > cut.tolerance

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
    'PPD overdue by ' || (cut.as_of - balances.due_on) || ' days' as note

from balances

cross join cut

where
    balances.payment_method = 'PPD'
    and balances.balance > cut.tolerance
    and balances.due_on < cut.as_of
