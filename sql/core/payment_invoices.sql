-- Which payment belongs to which invoice, as said by either of the two.
-- Grain: one row per payment and invoice.
--   team_id: the company that is paid
--   payment_id: gigstack's id of the payment
--   invoice_reference: the invoice as named by the API: id or folio fiscal
--   invoice_id: gigstack's id of the invoice; NULL when it is not in this mirror
--   uuid_fiscal: folio fiscal of the invoice
--   invoice_type: I, E, P or T; NULL when the invoice is not in this mirror
--   is_said_by_payment: the payment lists the invoice
--   is_said_by_invoice: the invoice lists the payment

with

links as (

    select
        team_id,
        id as payment_id,
        unnest(invoice_ids) as reference,
        1 as by_payment,
        0 as by_invoice

    from mirror.payments

    where deleted_at is null

    union all

    select
        team_id,
        unnest(payment_ids) as payment_id,
        invoice_id as reference,
        0 as by_payment,
        1 as by_invoice

    from invoice_documents

    where deleted_at is null

),

resolved as (

    select
        links.*,
        invoice_keys.invoice_id as found_id,
        invoice_keys.uuid_fiscal as found_uuid,
        invoice_keys.invoice_type as found_type,
        invoice_keys.is_live as is_found_live

    from links

    left join invoice_keys
        on
            links.team_id = invoice_keys.team_id
            and links.reference = invoice_keys.reference

)

select
    team_id,
    payment_id,
    min(reference) as invoice_reference,
    max_by(found_id, is_found_live) as invoice_id,
    max(found_uuid) as uuid_fiscal,
    max_by(found_type, is_found_live) as invoice_type,
    max(by_payment) = 1 as is_said_by_payment,
    max(by_invoice) = 1 as is_said_by_invoice

from resolved

group by
    team_id,
    payment_id,
    coalesce(found_uuid, found_id, reference)
