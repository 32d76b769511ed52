-- What conciliation_documents shows, of the invoices of unlike_folios: those of `touched_folios`.

select
    hash(held.team_id, held.uuid_fiscal) as folio,
    held.key as invoice_key,
    held.team_id,
    held.id,
    coalesce(held.invoice_type, held.list) as invoice_type,
    held.uuid_fiscal,
    held.status,
    held.cancellation_status,
    held.cancellation_requested_at,
    held.cancelled_on,
    held.stamped_at,
    held.issued_on,
    held.issuer_tax_id,
    held.client_tax_id,
    coalesce(nullif(held.client_legal_name, ''), held.client_name) as client_name,
    held.currency,
    held.exchange_rate,
    held.total,
    held.series,
    held.folio_number

from (
    select *, 'I' as list from mirror.invoices_income
    union all by name
    select *, 'E' as list from mirror.invoices_egress
    union all by name
    select *, 'P' as list from mirror.invoices_payment
    union all by name
    select *, 'T' as list from mirror.invoices_transfer
) as held

where
    held.deleted_at is null
    and held.uuid_fiscal is not null
    and hash(held.team_id, held.uuid_fiscal) in (
        select unlike.folio
        from derived.unlike_folios as unlike
        where unlike.uuid_fiscal in (select touched_folios.key from touched_folios)
    )
