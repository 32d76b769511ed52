-- Payments asked for or received through gigstack.
-- Grain: one row per payment. Deleted ones stay, with deleted_at set.
--   team_id: the company that is paid
--   id: gigstack's id of the payment
--   status: pending, processing, succeeded, failed, cancelled or refunded; a word nobody knows stays as sent
--   status_raw: the status as the API spelled it
--   is_status_known: false when status is none of the words above
--   is_livemode: false in test mode
--   currency: ISO code in upper case; amounts of this row are in it
--   exchange_rate: pesos per unit of currency
--   total: what is paid; where the API leaves it out, the substitute named by total_source
--   total_source: total as sent; else subtotal (plus taxes), amount (minor units / 100) or items
--       (quantity × price - discount, plus their taxes); NULL when nothing tells
--   total_mxn: total in pesos at the payment's own rate; NULL when the rate is missing
--   total_refunded: refunded so far, where the API says
--   subtotal: before discount and taxes, as sent
--   discount: as sent
--   taxes: as sent
--   payment_form: SAT's code of how it is paid
--   payment_processor: stripe, paypal, manual, api …
--   automation_type: what gigstack issues when it is paid
--   client_id: gigstack's id of the client
--   client_name: legal name of the client, else the name
--   client_tax_id: RFC of the client
--   client_email: e-mail of the client
--   created_at: when it was created, UTC
--   created_on: local day of created_at
--   succeeded_at: when the money was received, UTC
--   succeeded_on: local day of succeeded_at
--   short_url: link to pay
--   origin: what created it, such as api
--   owner_id: user that created it
--   idempotency_key: key sent with the request that created it
--   metadata: free form, JSON text
--   is_partial: only the fields of the list are known yet
--   first_seen_at: when the sync first saw it, UTC
--   changed_at: when the sync last saw it change, UTC
--   deleted_at: when the sync found it gone, UTC; NULL while it exists

select
    team_id,
    id,
    status,
    status_raw,
    is_status_known,
    is_livemode,
    currency,
    exchange_rate,
    effective_total as total,
    total_source,
    cast(
        case
            when currency = 'MXN' then effective_total
            else cast(effective_total as decimal(38, 6)) * nullif(exchange_rate, 0)
        end as decimal(38, 6)
    ) as total_mxn,
    total_refunded,
    subtotal,
    discount,
    taxes,
    payment_form,
    payment_processor,
    automation_type,
    client_id,
    coalesce(nullif(client_legal_name, ''), client_name) as client_name,
    client_tax_id,
    client_email,
    created_at,
    created_on,
    succeeded_at,
    succeeded_on,
    short_url,
    origin,
    owner_id,
    idempotency_key,
    metadata,
    is_partial,
    first_seen_at,
    changed_at,
    deleted_at

from mirror.payments
