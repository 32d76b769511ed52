-- The same thing twice within days: checks C09 (invoices) and C24 (payments).
-- C09: same client, total and currency, at most 3 days apart, both in force, neither global, and
-- neither names the other. C24: same client, amount and currency, at most 24 hours apart, both
-- succeeded. Each is held against the one right before it. Which have such a one near them at all,
-- whatever the cut, is known after each run.
-- Grain: one row per invoice or payment that looks like a repetition of an earlier one.
--   team_id: the company
--   code: C09 or C24
--   state: always found
--   dated_on: day of the later one
--   currency: ISO code; XXX where there is no amount
--   amount: total of the later one
--   record_type: I or payment
--   invoice_id: gigstack's id of the later invoice
--   payment_id: gigstack's id of the later payment
--   uuid_fiscal: folio fiscal of the later invoice
--   related_id: gigstack's id of the earlier one
--   client_name: the client
--   due_on: always NULL here
--   note: what is wrong, in words

with

invoiced as not materialized (

    select
        held.team_id,
        held.id,
        held.uuid_fiscal,
        held.client_name,
        held.currency,
        held.total,
        held.issued_on,
        held.issued_at,
        held.invoice_ids,
        held.related_documents,
        held.client

    from derived.double_invoices as held

    cross join cut

    where
        (held.status = 'valid' or coalesce(held.cancelled_on > cut.as_of, false))
        and held.issued_on <= cut.as_of
        and (cut.team_id is null or held.team_id = cut.team_id)

),

invoice_pairs as (

    select
        *,
        lag(id) over same_sale as earlier_id,
        lag(uuid_fiscal) over same_sale as earlier_uuid,
        lag(issued_on) over same_sale as earlier_on

    from invoiced

    window same_sale as (
        partition by team_id, client, currency, total
        order by issued_at, id
    )

    qualify issued_on - earlier_on <= 3

),

named as (

    -- what either of the two refers to
    select
        invoiced.team_id,
        invoiced.id as invoice_id,
        unnest(flatten([
            coalesce(invoiced.invoice_ids, []),
            documents_named(invoiced.related_documents)
        ])) as reference

    from invoiced

    where (invoiced.team_id, invoiced.id) in (
        select
            team_id,
            id

        from invoice_pairs

        union all

        select
            team_id,
            earlier_id

        from invoice_pairs
    )

),

related as (

    select invoice_pairs.team_id, invoice_pairs.id

    from invoice_pairs

    inner join named
        on
            invoice_pairs.team_id = named.team_id
            and invoice_pairs.id = named.invoice_id

    where named.reference in (invoice_pairs.earlier_id, invoice_pairs.earlier_uuid)

    union all

    select invoice_pairs.team_id, invoice_pairs.id

    from invoice_pairs

    inner join named
        on
            invoice_pairs.team_id = named.team_id
            and invoice_pairs.earlier_id = named.invoice_id

    where named.reference in (invoice_pairs.id, invoice_pairs.uuid_fiscal)

),

received as not materialized (

    select
        paid.team_id,
        paid.id,
        paid.client_name,
        paid.currency,
        paid.total,
        paid.paid_at,
        paid.paid_on,
        paid.client

    from derived.double_payments as paid

    cross join cut

    where
        paid.paid_on <= cut.as_of
        and (cut.team_id is null or paid.team_id = cut.team_id)

),

payment_pairs as (

    select
        *,
        lag(id) over same_money as earlier_id,
        lag(paid_at) over same_money as earlier_at

    from received

    window same_money as (
        partition by team_id, client, currency, total
        order by paid_at, id
    )

    qualify paid_at <= earlier_at + interval 24 hour

)

select
    invoice_pairs.team_id,
    'C09' as code,
    'found' as state,
    invoice_pairs.issued_on as dated_on,
    invoice_pairs.currency,
    invoice_pairs.total as amount,
    'I' as record_type,
    invoice_pairs.id as invoice_id,
    cast(null as varchar) as payment_id,
    invoice_pairs.uuid_fiscal,
    invoice_pairs.earlier_id as related_id,
    invoice_pairs.client_name,
    cast(null as date) as due_on,
    case invoice_pairs.issued_on - invoice_pairs.earlier_on
        when 0 then 'same client and total as another of the same day'
        else 'same client and total as one '
            || (invoice_pairs.issued_on - invoice_pairs.earlier_on) || ' days before'
    end as note

from invoice_pairs

where (invoice_pairs.team_id, invoice_pairs.id) not in (
    select
        related.team_id,
        related.id

    from related
)

union all

select
    team_id,
    'C24' as code,
    'found' as state,
    paid_on as dated_on,
    currency,
    total as amount,
    'payment' as record_type,
    null as invoice_id,
    id as payment_id,
    null as uuid_fiscal,
    earlier_id as related_id,
    client_name,
    null as due_on,
    'same client and amount within 24 hours' as note

from payment_pairs
