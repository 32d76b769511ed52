-- Which payment belongs to which income invoice, as said by either of the two, for those to be redone.
-- A link whose other end is not in the mirror yet has NULL there, and is tried again.

with

said_by_payments as (

    select
        payments.key as payment_key,
        payments.team_id,
        unnest(payments.invoice_ids) as reference

    from mirror.payments as payments

    where payments.key in (select redone_payments.key from redone_payments)

),

invoices as (

    select team_id, id as reference, key, true as is_income from mirror.invoices_income
    union all
    select team_id, uuid_fiscal as reference, key, true as is_income
    from mirror.invoices_income
    where uuid_fiscal is distinct from id
    union all
    select team_id, id as reference, key, false as is_income from mirror.invoices_payment
    union all
    select team_id, id as reference, key, false as is_income from mirror.invoices_egress

),

said_by_invoices as (

    select
        invoices.key as invoice_key,
        invoices.team_id,
        invoices.id,
        invoices.uuid_fiscal,
        unnest(invoices.payment_ids) as reference

    from mirror.invoices_income as invoices

    where invoices.key in (
        select redone_invoices.key from redone_invoices
        union all
        select linked_invoices.key from linked_invoices
    )

),

links as (

    select
        said_by_payments.payment_key,
        invoices.key as invoice_key

    from said_by_payments

    left join invoices
        on
            said_by_payments.team_id = invoices.team_id
            and said_by_payments.reference = invoices.reference

    where coalesce(invoices.is_income, true)

    union all

    select
        payments.key as payment_key,
        said_by_invoices.invoice_key

    from said_by_invoices

    left join mirror.payments as payments
        on
            said_by_invoices.team_id = payments.team_id
            and said_by_invoices.reference = payments.id

    -- what the payment says too is there already; of linked invoices only what was deleted
    where
        payments.key is null
        or (
            (
                said_by_invoices.invoice_key in (select redone_invoices.key from redone_invoices)
                or payments.key in (select redone_payments.key from redone_payments)
            )
            and not coalesce(list_contains(payments.invoice_ids, said_by_invoices.id), false)
            and not coalesce(
                list_contains(payments.invoice_ids, said_by_invoices.uuid_fiscal), false
            )
        )

)

select distinct
    payment_key,
    invoice_key

from links
