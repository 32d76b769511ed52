-- Payments that came in through gigstack, less what was given back, with the key of schema derived.
-- Grain: one row per payment that succeeded and was not deleted.
--   payment_key: a number that stands for the payment in schema derived
--   team_id: the company that is paid
--   payment_id: gigstack's id of the payment
--   client_id: gigstack's id of the client
--   client_name: legal name of the client, else the name
--   client_tax_id: RFC of the client
--   currency: ISO code in upper case; amounts of this row are in it
--   exchange_rate: pesos per unit of currency
--   total: what was received
--   amount: total less what was given back
--   payment_form: SAT's code of how it was paid
--   succeeded_on: local day the money was received

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
    payment_form,
    succeeded_on

from mirror.payments

where
    status = 'succeeded'
    and deleted_at is null
