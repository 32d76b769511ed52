-- What complements (P) and receipts (R) name, and payments of them: links as payment_links has them
-- between payments and income invoices. Those of the complements, receipts and payments to be redone.
-- The end that is not in the mirror yet is NULL, and is tried again.

with

said_by_complements as (

    select
        key as record_key,
        team_id,
        unnest(payment_ids) as reference

    from mirror.invoices_payment

    where key in (select redone_complements.key from redone_complements)

),

said_by_receipts as (

    select
        key as record_key,
        team_id,
        payment_ids,
        invoice_ids

    from mirror.receipts

    where key in (select redone_receipts.key from redone_receipts)

),

payments_of_receipts as (

    select record_key, team_id, unnest(payment_ids) as reference
    from said_by_receipts

),

invoices_of_receipts as (

    select record_key, team_id, unnest(invoice_ids) as reference
    from said_by_receipts

),

said_by_payments as (

    select
        key as payment_key,
        team_id,
        invoice_ids,
        receipt_ids

    from mirror.payments

    where key in (select redone_payments.key from redone_payments)

),

complements_of_payments as (

    select payment_key, team_id, unnest(invoice_ids) as reference
    from said_by_payments

),

receipts_of_payments as (

    select payment_key, team_id, unnest(receipt_ids) as reference
    from said_by_payments

)

select distinct
    'P' as list,
    false as is_said_by_payment,
    said_by_complements.record_key,
    payments.key as payment_key,
    cast(null as ubigint) as invoice_key

from said_by_complements

left join mirror.payments as payments
    on
        said_by_complements.team_id = payments.team_id
        and said_by_complements.reference = payments.id

union all

select distinct
    'R' as list,
    false as is_said_by_payment,
    payments_of_receipts.record_key,
    payments.key as payment_key,
    null as invoice_key

from payments_of_receipts

left join mirror.payments as payments
    on
        payments_of_receipts.team_id = payments.team_id
        and payments_of_receipts.reference = payments.id

union all

select distinct
    'R' as list,
    false as is_said_by_payment,
    invoices_of_receipts.record_key,
    null as payment_key,
    invoices.key as invoice_key

from invoices_of_receipts

left join (
    select team_id, id as reference, key from mirror.invoices_income
    union all
    select team_id, uuid_fiscal as reference, key from mirror.invoices_income
    where uuid_fiscal is distinct from id
) as invoices
    on
        invoices_of_receipts.team_id = invoices.team_id
        and invoices_of_receipts.reference = invoices.reference

union all

select distinct
    'P' as list,
    true as is_said_by_payment,
    complements.key as record_key,
    complements_of_payments.payment_key,
    null as invoice_key

from complements_of_payments

inner join (
    select team_id, id as reference, key from mirror.invoices_payment
    union all
    select team_id, uuid_fiscal as reference, key from mirror.invoices_payment
    where uuid_fiscal is distinct from id
) as complements
    on
        complements_of_payments.team_id = complements.team_id
        and complements_of_payments.reference = complements.reference

union all

select distinct
    'R' as list,
    true as is_said_by_payment,
    receipts.key as record_key,
    receipts_of_payments.payment_key,
    null as invoice_key

from receipts_of_payments

left join mirror.receipts as receipts
    on
        receipts_of_payments.team_id = receipts.team_id
        and receipts_of_payments.reference = receipts.id
