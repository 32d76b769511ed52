-- Invoices that may be another one's double at some cut: same client, currency and total as the one
-- before or after them, at most 3 days apart. Only `alike_invoices`, which have a changed one's total.

with

invoiced as (

    select
        held.key as invoice_key,
        held.team_id,
        held.id,
        held.uuid_fiscal,
        held.status,
        held.cancelled_on,
        coalesce(nullif(held.client_legal_name, ''), held.client_name) as client_name,
        held.currency,
        held.total,
        held.issued_on,
        held.issued_at,
        held.invoice_ids,
        held.related_documents,
        client_key(
            held.client_tax_id,
            held.client_id,
            coalesce(nullif(held.client_legal_name, ''), held.client_name),
            held.id
        ) as client

    from mirror.invoices_income as held

    where
        held.deleted_at is null
        and (held.status = 'valid' or held.cancelled_on is not null)
        and coalesce(held.global_periodicity, held.global_months) is null
        and held.total > 0
        and held.key in (select alike_invoices.key from alike_invoices)

),

repeated_keys as (

    select hash(team_id, client, currency, total) as double_key
    from invoiced
    group by double_key
    having count(*) > 1

)

select *

from invoiced

where
    hash(team_id, client, currency, total) in (
        select repeated_keys.double_key from repeated_keys
    )

window same_sale as (
    partition by team_id, client, currency, total
    order by issued_at, id
)

qualify
    issued_on - lag(issued_on) over same_sale <= 3
    or lead(issued_on) over same_sale - issued_on <= 3
