-- Payments of `redone_payments` that came in and themselves name neither an invoice nor a receipt.

select
    key as payment_key,
    team_id,
    id as payment_id,
    client_id,
    coalesce(nullif(client_legal_name, ''), client_name) as client_name,
    client_tax_id,
    currency,
    exchange_rate,
    effective_total as total,
    cast(effective_total - coalesce(total_refunded, 0) as decimal(18, 6)) as amount,
    succeeded_on

from mirror.payments

where
    key in (select redone_payments.key from redone_payments)
    and status = 'succeeded'
    and deleted_at is null
    and coalesce(invoice_ids, []) = []
    and coalesce(receipt_ids, []) = []
