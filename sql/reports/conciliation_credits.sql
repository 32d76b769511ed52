-- Credit notes and refunds that do not fit an invoice: checks C17 and C18.
-- C17: money was given back, the invoice is in force and no credit note (relation 01, 03 or 07) of it is.
-- When it was given back is not told: the refunds known today count at every cut.
-- C18: a note that names no document, or notes that take off more than the invoice's total.
-- Source: CFF 29 (a refund is backed by a CFDI of type E).
-- Grain: one row per refunded payment (C17), credit note, or invoice credited too much (C18).
--   team_id: the company
--   code: C17 or C18
--   state: found; undecided: a note on an invoice this mirror does not hold
--   dated_on: day of the payment, the note, or the invoice credited too much
--   currency: ISO code; XXX where there is no amount
--   amount: what was refunded; total of the note; or what was credited too much
--   record_type: payment, E or I
--   invoice_id: gigstack's id of the note or invoice; of a refund, the invoice it paid
--   payment_id: gigstack's id of the payment
--   uuid_fiscal: folio fiscal of the invoice
--   related_id: a note of an invoice credited too much
--   client_name: the client
--   due_on: always NULL here
--   note: what is wrong, in words

with

refunded as materialized (

    select
        paid.team_id,
        paid.id,
        paid.currency,
        coalesce(paid.total_refunded, paid.total) as amount,
        paid.paid_on,
        paid.client_name,
        paid.payment_key

    from payment_heads as paid

    cross join cut

    where
        paid.deleted_at is null
        and (paid.status = 'refunded' or paid.total_refunded > cut.tolerance)
        and paid.paid_on <= cut.as_of
        and (cut.team_id is null or paid.team_id = cut.team_id)

),

refunds as materialized (

    select refunded.team_id, refunded.id, links.invoice_key
    from refunded
    inner join derived.payment_links as links on refunded.payment_key = links.payment_key

),

credits as (

    select
        credit_allocations.team_id,
        credit_allocations.credit_id,
        credit_allocations.credit_uuid,
        credit_allocations.client_name,
        credit_allocations.invoice_reference,
        credit_allocations.invoice_key,
        credit_allocations.invoice_id,
        credit_allocations.credit_kind,
        credit_allocations.credit_currency,
        credit_allocations.amount,
        credit_allocations.invoice_amount,
        credit_allocations.issued_on

    from derived.credit_allocations as credit_allocations

    cross join cut

    where
        credit_allocations.issued_on <= cut.as_of
        and coalesce(credit_allocations.ended_on > cut.as_of, credit_allocations.is_live)
        and (cut.team_id is null or credit_allocations.team_id = cut.team_id)

),

credited as materialized (

    select
        invoice_key,
        sum(invoice_amount) as amount,
        max(credit_id) as credit_id

    from credits

    where
        credit_kind in ('credit_note', 'advance')
        and invoice_key is not null

    group by invoice_key

),

standing as materialized (

    select
        held.invoice_key,
        held.team_id,
        held.id,
        held.uuid_fiscal,
        held.total,
        held.currency,
        held.issued_on,
        held.client_name

    from income_heads as held

    cross join cut

    where
        held.invoice_key in (
            select credited.invoice_key from credited
            union all
            select refunds.invoice_key from refunds
        )
        and held.deleted_at is null
        and (held.status = 'valid' or coalesce(held.cancelled_on > cut.as_of, false))
        and held.issued_on <= cut.as_of
        and (cut.team_id is null or held.team_id = cut.team_id)

),

refunded_invoices as (

    select
        refunded.team_id,
        refunded.id as payment_id,
        standing.invoice_key,
        standing.id,
        standing.uuid_fiscal
    from refunds as refunded
    inner join standing on refunded.invoice_key = standing.invoice_key

),

not_credited as (

    select
        refunded_invoices.team_id,
        refunded_invoices.payment_id,
        min(refunded_invoices.id) as invoice_id,
        min_by(refunded_invoices.uuid_fiscal, refunded_invoices.id) as uuid_fiscal

    from refunded_invoices

    left join credited on refunded_invoices.invoice_key = credited.invoice_key

    group by
        refunded_invoices.team_id,
        refunded_invoices.payment_id

    having count(credited.invoice_key) = 0

)

select
    refunded.team_id,
    'C17' as code,
    'found' as state,
    refunded.paid_on as dated_on,
    refunded.currency,
    cast(refunded.amount as decimal(18, 6)) as amount,
    'payment' as record_type,
    not_credited.invoice_id,
    refunded.id as payment_id,
    not_credited.uuid_fiscal,
    cast(null as varchar) as related_id,
    refunded.client_name,
    cast(null as date) as due_on,
    'refunded, and the invoice stands in full' as note

from refunded

inner join not_credited
    on
        refunded.team_id = not_credited.team_id
        and refunded.id = not_credited.payment_id

union all

select
    team_id,
    'C18' as code,
    'found' as state,
    issued_on as dated_on,
    credit_currency as currency,
    cast(amount as decimal(18, 6)) as amount,
    'E' as record_type,
    credit_id as invoice_id,
    null as payment_id,
    credit_uuid as uuid_fiscal,
    null as related_id,
    client_name,
    null as due_on,
    'a note that names no document' as note

from credits

where invoice_reference is null

union all

select
    credits.team_id,
    'C18' as code,
    'undecided' as state,
    credits.issued_on as dated_on,
    credits.credit_currency as currency,
    cast(credits.amount as decimal(18, 6)) as amount,
    'E' as record_type,
    credits.credit_id as invoice_id,
    null as payment_id,
    credits.credit_uuid as uuid_fiscal,
    credits.invoice_reference as related_id,
    credits.client_name,
    null as due_on,
    'a note on an invoice that is not in this mirror' as note

from credits

where
    credits.invoice_id is null
    and credits.invoice_reference is not null

union all

select
    standing.team_id,
    'C18' as code,
    'found' as state,
    standing.issued_on as dated_on,
    standing.currency,
    cast(credited.amount - standing.total as decimal(18, 6)) as amount,
    'I' as record_type,
    standing.id as invoice_id,
    null as payment_id,
    standing.uuid_fiscal,
    credited.credit_id as related_id,
    standing.client_name,
    null as due_on,
    'credited ' || cast(credited.amount as decimal(18, 2))
    || ' of ' || cast(standing.total as decimal(18, 2)) as note

from credited

inner join standing on credited.invoice_key = standing.invoice_key

cross join cut

where credited.amount > standing.total + cut.tolerance
