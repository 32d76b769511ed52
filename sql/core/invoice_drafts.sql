-- Invoices prepared but not stamped: no folio, no fiscal effect, freely edited and deleted.
-- Grain: one row per draft. One that is stamped leaves the drafts: deleted_at is set.
--   team_id: the company it belongs to
--   id: gigstack's id of the draft
--   invoice_type: I income, E credit note
--   status: draft; a word nobody knows stays as sent
--   status_raw: the status as the API spelled it
--   is_livemode: false in test mode
--   payment_method: PUE or PPD
--   payment_form: SAT's code of how it is paid
--   currency: ISO code in upper case; amounts of this row are in it
--   exchange_rate: pesos per unit of currency
--   subtotal: before discount and taxes
--   discount: taken off the subtotal
--   taxes: taxes added
--   total: what the invoice would be for
--   client_id: gigstack's id of the client
--   client_name: legal name of the client, else the name
--   client_tax_id: RFC of the client
--   series: series it would be stamped in
--   use_cfdi: SAT's code of what the client uses it for
--   created_at: when it was created, UTC
--   created_on: local day of created_at
--   issued_at: date written on it, else created_at, UTC
--   issued_on: local day of issued_at
--   updated_at: when it was last edited, UTC
--   origin: what created it, such as api
--   owner_id: user that created it
--   metadata: free form, JSON text
--   is_partial: only the fields of the list are known yet
--   first_seen_at: when the sync first saw it, UTC
--   changed_at: when the sync last saw it change, UTC
--   deleted_at: when the sync found it gone (stamped or deleted), UTC

select
    team_id,
    id,
    coalesce(invoice_type, 'I') as invoice_type,
    status,
    status_raw,
    is_livemode,
    payment_method,
    payment_form,
    currency,
    exchange_rate,
    subtotal,
    discount,
    taxes,
    total,
    client_id,
    coalesce(nullif(client_legal_name, ''), client_name) as client_name,
    client_tax_id,
    series,
    use_cfdi,
    created_at,
    created_on,
    issued_at,
    issued_on,
    updated_at,
    origin,
    owner_id,
    metadata,
    is_partial,
    first_seen_at,
    changed_at,
    deleted_at

from mirror.invoices_draft
