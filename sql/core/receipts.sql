-- Receipts: money already collected that the client may still turn into an invoice.
-- Grain: one row per receipt. Deleted ones stay, with deleted_at set.
--   team_id: the company that was paid
--   id: gigstack's id of the receipt
--   status: pending, invoiced, expired or cancelled; a word nobody knows stays as sent
--   status_raw: the status as the API spelled it
--   is_status_known: false when status is none of the words above
--   is_livemode: false in test mode
--   currency: ISO code in upper case; amounts of this row are in it
--   exchange_rate: pesos per unit of currency
--   subtotal: before discount and taxes
--   discount: taken off the subtotal
--   taxes: taxes added
--   withholding_taxes: taxes withheld, taken off
--   total: what was paid
--   total_mxn: total in pesos at the receipt's own rate; NULL when the rate is missing
--   total_refunded: refunded so far
--   periodicity: how often left-over receipts go into a global invoice: day, week, two_weeks, month, two_months
--   payment_form: SAT's code of how it was paid
--   series: series its invoice will take
--   folio_number: folio its invoice will take
--   client_id: gigstack's id of the client
--   client_name: legal name of the client, else the name
--   client_tax_id: RFC of the client
--   client_email: e-mail of the client
--   created_at: when it was created, UTC
--   created_on: local day of created_at
--   expires_at: until when the client may ask for the invoice, UTC
--   expires_on: local day of expires_at
--   invoiced_at: when it was invoiced, UTC, where the API says
--   automatic_invoice_error: why invoicing it by itself failed
--   url: page where the client asks for the invoice
--   short_url: short link to that page
--   pdf_url: where the PDF is
--   xml_url: where the XML is
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
    subtotal,
    discount,
    taxes,
    withholding_taxes,
    total,
    cast(
        case
            when currency = 'MXN' then total
            else cast(total as decimal(38, 6)) * nullif(exchange_rate, 0)
        end as decimal(38, 6)
    ) as total_mxn,
    total_refunded,
    periodicity,
    payment_form,
    series,
    folio_number,
    client_id,
    coalesce(nullif(client_legal_name, ''), client_name) as client_name,
    client_tax_id,
    client_email,
    created_at,
    created_on,
    expires_at,
    expires_on,
    invoiced_at,
    automatic_invoice_error,
    url,
    short_url,
    pdf_url,
    xml_url,
    origin,
    owner_id,
    idempotency_key,
    metadata,
    is_partial,
    first_seen_at,
    changed_at,
    deleted_at

from mirror.receipts
