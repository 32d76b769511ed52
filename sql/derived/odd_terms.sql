-- Invoices whose own data may contradict each other, or replace such a one: what conciliation_terms
-- looks at. Only those changed since.

select
    held.key as invoice_key,
    held.team_id,
    held.id,
    held.list,
    coalesce(held.invoice_type, held.list) as invoice_type,
    held.uuid_fiscal,
    held.status,
    held.cancellation_motive,
    held.cancelled_on,
    held.substitution_uuid,
    held.issued_on,
    coalesce(nullif(held.client_legal_name, ''), held.client_name) as client_name,
    held.currency,
    held.total,
    held.payment_method,
    held.payment_form,
    held.related_documents

from (
    select *, 'I' as list from mirror.invoices_income
    union all by name
    select *, 'E' as list from mirror.invoices_egress
    union all by name
    select *, 'P' as list from mirror.invoices_payment
    union all by name
    select *, 'T' as list from mirror.invoices_transfer
) as held

inner join since on held.run_id > since.run_id

where
    held.deleted_at is null
    and (
        (held.payment_method = 'PPD' and held.payment_form <> '99')
        or (held.payment_method = 'PUE' and held.payment_form = '99')
        or (held.status = 'cancelled' and held.cancellation_motive = '01')
        or list_contains(
            list_transform(held.related_documents, lambda related: related.relationship), '04'
        )
    )
