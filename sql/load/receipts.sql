-- Receipts, one typed row per payload of `batch`.
-- `wire` is each field as text, `body` the exact numbers and the nested parts.
-- `raw` holds the text of what the typed column of the same name was made from.

with

parsed as (

    select
        key,
        from_json(payload, '{
            "status": "VARCHAR", "livemode": "VARCHAR", "client": "VARCHAR",
            "client_id": "VARCHAR", "created_at": "VARCHAR", "created": "VARCHAR",
            "valid_until": "VARCHAR", "validUntil": "VARCHAR", "invoiced_at": "VARCHAR",
            "currency": "VARCHAR", "exchange_rate": "VARCHAR", "subtotal": "VARCHAR",
            "discount": "VARCHAR", "taxes": "VARCHAR", "withholding_taxes": "VARCHAR",
            "total": "VARCHAR", "total_refunded": "VARCHAR", "periodicity": "VARCHAR",
            "payment_form": "VARCHAR", "url": "VARCHAR", "short_url": "VARCHAR",
            "automatic_invoice_error": "VARCHAR", "idempotency_key": "VARCHAR",
            "from": "VARCHAR", "owner": "VARCHAR", "metadata": "VARCHAR",
            "items": "VARCHAR", "invoices": "VARCHAR", "payments": "VARCHAR",
            "invoice": "VARCHAR", "invoice_id": "VARCHAR", "invoiceId": "VARCHAR"
        }') as wire,
        from_json(payload, '{
            "exchange_rate": "DECIMAL(38,6)", "subtotal": "DECIMAL(38,6)",
            "discount": "DECIMAL(38,6)", "taxes": "DECIMAL(38,6)",
            "withholding_taxes": "DECIMAL(38,6)", "total": "DECIMAL(38,6)",
            "total_refunded": "DECIMAL(38,6)",
            "client": {
                "id": "VARCHAR", "name": "VARCHAR", "legal_name": "VARCHAR",
                "tax_id": "VARCHAR", "email": "VARCHAR"
            },
            "files": {"pdf": "VARCHAR", "xml": "VARCHAR"},
            "invoice_config": {"serie": "VARCHAR", "folio": "VARCHAR"},
            "invoices": ["VARCHAR"], "payments": ["VARCHAR"],
            "items": ' || item_shape() || '
        }') as body

    from batch

),

texts as (

    select
        *,
        given(coalesce(wire.created_at, wire.created)) as created_text,
        given(coalesce(wire.valid_until, wire."validUntil")) as expires_text,
        coalesce(wire.invoice_id, wire."invoiceId", wire.invoice) as invoice_text

    from parsed

)

select
    key,
    receipt_status(wire.status) as status,
    wire.status as status_raw,
    coalesce(
        receipt_status(wire.status) in ('pending', 'invoiced', 'expired', 'cancelled'),
        false
    ) as is_status_known,
    flag(wire.livemode) as is_livemode,
    upper(given(wire.currency)) as currency,
    money(body.exchange_rate, wire.exchange_rate) as exchange_rate,
    money(body.subtotal, wire.subtotal) as subtotal,
    money(body.discount, wire.discount) as discount,
    money(body.taxes, wire.taxes) as taxes,
    money(body.withholding_taxes, wire.withholding_taxes) as withholding_taxes,
    money(body.total, wire.total) as total,
    money(body.total_refunded, wire.total_refunded) as total_refunded,
    wire.periodicity,
    given(wire.payment_form) as payment_form,
    body.invoice_config.serie as series,
    body.invoice_config.folio as folio_number,
    coalesce(body.client.id, bare_id(wire.client), wire.client_id) as client_id,
    body.client.name as client_name,
    body.client.legal_name as client_legal_name,
    upper(given(body.client.tax_id)) as client_tax_id,
    body.client.email as client_email,
    moment(created_text) as created_at,
    local_day(created_at) as created_on,
    moment(expires_text) as expires_at,
    local_day(expires_at) as expires_on,
    moment(given(wire.invoiced_at)) as invoiced_at,
    wire.automatic_invoice_error,
    wire.url,
    wire.short_url,
    body.files.pdf as pdf_url,
    body.files.xml as xml_url,
    wire."from" as origin,
    wire.owner as owner_id,
    wire.idempotency_key,
    wire.metadata,
    invoice_references(coalesce(body.invoices, only_one(invoice_text))) as invoice_ids,
    reference_ids(body.payments) as payment_ids,
    typed_items(body.items, wire.items) as items,
    struct_pack(
        is_livemode := given(wire.livemode),
        exchange_rate := given(wire.exchange_rate),
        subtotal := given(wire.subtotal),
        discount := given(wire.discount),
        taxes := given(wire.taxes),
        withholding_taxes := given(wire.withholding_taxes),
        total := given(wire.total),
        total_refunded := given(wire.total_refunded),
        client_id := bare_id(wire.client),
        created_at := created_text,
        expires_at := expires_text,
        invoiced_at := given(wire.invoiced_at),
        invoice_ids := left(wire.invoices, 20),
        payment_ids := left(wire.payments, 20),
        items := left(wire.items, 20)
    ) as raw

from texts
