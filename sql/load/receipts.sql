-- Receipts, one typed row per payload of `batch`.
-- `wire` is what was sent, numbers as text; `exact` and `odd` are read only where they are needed:
-- the digits of numbers too long for their text, and the text of parts that are not lists.

with

parsed as (

    select
        kept,
        payload,
        from_json(payload, '{
            "status": "VARCHAR", "livemode": "VARCHAR",
            "client_id": "VARCHAR", "created_at": "VARCHAR", "created": "VARCHAR",
            "valid_until": "VARCHAR", "validUntil": "VARCHAR", "invoiced_at": "VARCHAR",
            "currency": "VARCHAR", "exchange_rate": "VARCHAR", "subtotal": "VARCHAR",
            "discount": "VARCHAR", "taxes": "VARCHAR", "withholding_taxes": "VARCHAR",
            "total": "VARCHAR", "total_refunded": "VARCHAR", "periodicity": "VARCHAR",
            "payment_form": "VARCHAR", "url": "VARCHAR", "short_url": "VARCHAR",
            "automatic_invoice_error": "VARCHAR", "idempotency_key": "VARCHAR",
            "from": "VARCHAR", "owner": "VARCHAR", "metadata": "VARCHAR",
            "invoice": "VARCHAR", "invoice_id": "VARCHAR", "invoiceId": "VARCHAR",
            "client": {
                "id": "VARCHAR", "name": "VARCHAR", "legal_name": "VARCHAR",
                "tax_id": "VARCHAR", "email": "VARCHAR"
            },
            "files": {"pdf": "VARCHAR", "xml": "VARCHAR"},
            "invoice_config": {"serie": "VARCHAR", "folio": "VARCHAR"},
            "invoices": ["VARCHAR"], "payments": ["VARCHAR"],
            "items": ' || item_shape() || '
        }') as wire

    from batch

),

texts as (

    select
        *,
        case
            when is_too_long(greatest(
                length(wire.exchange_rate), length(wire.subtotal), length(wire.discount),
                length(wire.taxes), length(wire.withholding_taxes), length(wire.total),
                length(wire.total_refunded)
            )) then from_json(payload, '{
                "exchange_rate": "DECIMAL(38,6)", "subtotal": "DECIMAL(38,6)",
                "discount": "DECIMAL(38,6)", "taxes": "DECIMAL(38,6)",
                "withholding_taxes": "DECIMAL(38,6)", "total": "DECIMAL(38,6)",
                "total_refunded": "DECIMAL(38,6)"
            }')
        end as exact,
        case
            when
                wire.client is null
                or wire.items is null
                or wire.invoices is null
                or wire.payments is null
                or has_untrue_number(payload)
                then from_json(payload, '{
                    "client": "VARCHAR", "items": "VARCHAR", "invoices": "VARCHAR",
                    "payments": "VARCHAR"
                }')
        end as odd,
        given(coalesce(wire.created_at, wire.created)) as created_text,
        given(coalesce(wire.valid_until, wire."validUntil")) as expires_text,
        coalesce(wire.invoice_id, wire."invoiceId", wire.invoice) as invoice_text

    from parsed

),

typed as (

    select
        kept,
        wire,
        odd,
        created_text,
        expires_text,
        receipt_status(wire.status) as status,
        wire.status as status_raw,
        coalesce(
            receipt_status(wire.status) in ('pending', 'invoiced', 'expired', 'cancelled'),
            false
        ) as is_status_known,
        flag(wire.livemode) as is_livemode,
        upper(given(wire.currency)) as currency,
        money(exact.exchange_rate, wire.exchange_rate) as exchange_rate,
        money(exact.subtotal, wire.subtotal) as subtotal,
        money(exact.discount, wire.discount) as discount,
        money(exact.taxes, wire.taxes) as taxes,
        money(exact.withholding_taxes, wire.withholding_taxes) as withholding_taxes,
        money(exact.total, wire.total) as total,
        money(exact.total_refunded, wire.total_refunded) as total_refunded,
        wire.periodicity,
        given(wire.payment_form) as payment_form,
        wire.invoice_config.serie as series,
        wire.invoice_config.folio as folio_number,
        coalesce(wire.client.id, bare_id(odd.client), wire.client_id) as client_id,
        wire.client.name as client_name,
        wire.client.legal_name as client_legal_name,
        upper(given(wire.client.tax_id)) as client_tax_id,
        wire.client.email as client_email,
        moment(created_text) as created_at,
        local_day(created_at) as created_on,
        moment(expires_text) as expires_at,
        local_day(expires_at) as expires_on,
        moment(given(wire.invoiced_at)) as invoiced_at,
        wire.automatic_invoice_error,
        wire.url,
        wire.short_url,
        wire.files.pdf as pdf_url,
        wire.files.xml as xml_url,
        wire."from" as origin,
        wire.owner as owner_id,
        wire.idempotency_key,
        wire.metadata,
        invoice_references(coalesce(wire.invoices, only_one(invoice_text))) as invoice_ids,
        reference_ids(wire.payments) as payment_ids,
        typed_items(wire.items, odd.items) as items

    from texts

)

select
    * exclude (wire, odd, created_text, expires_text),
    drifted([
        lost('is_livemode', wire.livemode, is_livemode),
        lost('exchange_rate', wire.exchange_rate, exchange_rate),
        lost('subtotal', wire.subtotal, subtotal),
        lost('discount', wire.discount, discount),
        lost('taxes', wire.taxes, taxes),
        lost('withholding_taxes', wire.withholding_taxes, withholding_taxes),
        lost('total', wire.total, total),
        lost('total_refunded', wire.total_refunded, total_refunded),
        lost('created_at', created_text, created_at),
        lost('expires_at', expires_text, expires_at),
        lost('invoiced_at', wire.invoiced_at, invoiced_at),
        lost('invoice_ids', odd.invoices, invoice_ids),
        lost('payment_ids', odd.payments, payment_ids),
        lost('items', odd.items, items)
    ]) as drift

from typed
