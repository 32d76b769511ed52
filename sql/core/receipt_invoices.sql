-- Which receipt ended in which invoice; a global invoice has many receipts.
-- Grain: one row per receipt and invoice.
--   team_id: the company that was paid
--   receipt_id: gigstack's id of the receipt
--   invoice_reference: the invoice as named by the API: id or folio fiscal
--   invoice_id: gigstack's id of the invoice; NULL when it is not in this mirror
--   uuid_fiscal: folio fiscal of the invoice
--   invoice_type: I, E, P or T; NULL when the invoice is not in this mirror

with

links as (

    select
        team_id,
        id as receipt_id,
        unnest(invoice_ids) as reference

    from mirror.receipts

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
    receipt_id,
    min(reference) as invoice_reference,
    max_by(found_id, is_found_live) as invoice_id,
    max(found_uuid) as uuid_fiscal,
    max_by(found_type, is_found_live) as invoice_type

from resolved

group by
    team_id,
    receipt_id,
    coalesce(found_uuid, found_id, reference)
