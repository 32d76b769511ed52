-- Which invoice refers to which: credit notes, substitutions, advances, and the invoices a complement pays.
-- Grain: one row per invoice, kind of relation and document referred to.
--   team_id: the company that issued the invoice
--   invoice_id: gigstack's id of the invoice that refers
--   uuid_fiscal: folio fiscal of the invoice that refers
--   invoice_type: type of the invoice that refers
--   is_live: the invoice that refers is valid at SAT and not deleted
--   issued_on: local day of the invoice that refers
--   relationship: SAT's code (c_TipoRelacion); NULL for a plain link
--   relation_kind: credit_note, debit_note, return, substitution, transfer, invoiced_transfer,
--       advance, complement (a P and an invoice it pays), linked, or other
--   related_reference: the document as named by the API: id or folio fiscal
--   related_id: gigstack's id of the document; NULL when it is not in this mirror
--   related_uuid: folio fiscal of the document
--   related_type: type of the document; NULL when it is not in this mirror
--   is_resolved: the document is in this mirror
--   deleted_at: when the sync found the invoice that refers gone, UTC

with

related as (

    select
        team_id,
        invoice_id,
        uuid_fiscal,
        invoice_type,
        is_live,
        issued_on,
        deleted_at,
        unnest(related_documents) as related

    from invoice_documents

),

referred as (

    select
        * exclude (related),
        related.relationship as code,
        unnest(related.documents) as reference

    from related

    union all

    select
        team_id,
        invoice_id,
        uuid_fiscal,
        invoice_type,
        is_live,
        issued_on,
        deleted_at,
        null as code,
        unnest(invoice_ids) as reference

    from invoice_documents

),

resolved as (

    select
        referred.*,
        invoice_keys.invoice_id as found_id,
        invoice_keys.uuid_fiscal as found_uuid,
        invoice_keys.invoice_type as found_type,
        invoice_keys.is_live as is_found_live,
        case
            when referred.code = '04' then 'substitution'
            when
                referred.invoice_type = 'P'
                and coalesce(invoice_keys.invoice_type, 'I') <> 'P'
                then 'complement'
            when referred.code = '01' then 'credit_note'
            when referred.code = '02' then 'debit_note'
            when referred.code = '03' then 'return'
            when referred.code = '05' then 'transfer'
            when referred.code = '06' then 'invoiced_transfer'
            when referred.code = '07' then 'advance'
            when referred.code is null then 'linked'
            else 'other'
        end as relation_kind

    from referred

    left join invoice_keys
        on
            referred.team_id = invoice_keys.team_id
            and referred.reference = invoice_keys.reference

)

select
    team_id,
    invoice_id,
    uuid_fiscal,
    invoice_type,
    is_live,
    issued_on,
    min(code) as relationship,
    relation_kind,
    min(reference) as related_reference,
    max_by(found_id, is_found_live) as related_id,
    coalesce(
        max(found_uuid),
        max(reference) filter (where reference like '________-____-____-____-____________')
    ) as related_uuid,
    max_by(found_type, is_found_live) as related_type,
    count(found_id) > 0 as is_resolved,
    deleted_at

from resolved

group by
    team_id,
    invoice_id,
    uuid_fiscal,
    invoice_type,
    is_live,
    issued_on,
    relation_kind,
    coalesce(found_uuid, found_id, reference),
    deleted_at
