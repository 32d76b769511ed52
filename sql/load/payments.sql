-- Payments, one typed row per payload of `batch`.
-- `wire` is each field as text, `body` the exact numbers and the nested parts.
-- `raw` holds the text of what the typed column of the same name was made from.
-- `effective_total` is `total`, which some payments lack, or the best substitute there is.

with

parsed as (

    select
        key,
        from_json(payload, '{
            "status": "VARCHAR", "livemode": "VARCHAR", "client": "VARCHAR",
            "client_id": "VARCHAR", "created_at": "VARCHAR", "created": "VARCHAR",
            "succeeded_at": "VARCHAR", "paid_at": "VARCHAR", "currency": "VARCHAR",
            "exchange_rate": "VARCHAR", "subtotal": "VARCHAR", "discount": "VARCHAR",
            "taxes": "VARCHAR", "withholding_taxes": "VARCHAR", "total": "VARCHAR",
            "total_refunded": "VARCHAR", "amount": "VARCHAR", "payment_form": "VARCHAR",
            "payment_processor": "VARCHAR", "processor": "VARCHAR",
            "automation_type": "VARCHAR", "short_url": "VARCHAR",
            "idempotency_key": "VARCHAR", "from": "VARCHAR", "owner": "VARCHAR",
            "metadata": "VARCHAR", "items": "VARCHAR", "invoices": "VARCHAR",
            "receipts": "VARCHAR", "emails": "VARCHAR", "invoice": "VARCHAR",
            "invoice_id": "VARCHAR", "invoiceId": "VARCHAR", "receipt_id": "VARCHAR"
        }') as wire,
        from_json(payload, '{
            "exchange_rate": "DECIMAL(38,6)", "subtotal": "DECIMAL(38,6)",
            "discount": "DECIMAL(38,6)", "taxes": "DECIMAL(38,6)",
            "withholding_taxes": "DECIMAL(38,6)", "total": "DECIMAL(38,6)",
            "total_refunded": "DECIMAL(38,6)", "amount": "DECIMAL(38,6)",
            "client": {
                "id": "VARCHAR", "name": "VARCHAR", "legal_name": "VARCHAR",
                "tax_id": "VARCHAR", "email": "VARCHAR"
            },
            "invoices": ["VARCHAR"], "receipts": ["VARCHAR"], "emails": ["VARCHAR"],
            "items": ' || item_shape() || '
        }') as body

    from batch

),

texts as (

    select
        *,
        given(coalesce(wire.created_at, wire.created)) as created_text,
        given(coalesce(wire.succeeded_at, wire.paid_at)) as succeeded_text,
        coalesce(wire.invoice_id, wire."invoiceId", wire.invoice) as invoice_text

    from parsed

),

typed as (

    select
        key,
        payment_status(wire.status) as status,
        wire.status as status_raw,
        coalesce(
            payment_status(wire.status) in (
                'pending', 'processing', 'succeeded', 'failed', 'cancelled', 'refunded'
            ),
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
        money(body.amount, wire.amount) as amount,
        given(wire.payment_form) as payment_form,
        coalesce(wire.payment_processor, wire.processor) as payment_processor,
        wire.automation_type,
        coalesce(body.client.id, bare_id(wire.client), wire.client_id) as client_id,
        body.client.name as client_name,
        body.client.legal_name as client_legal_name,
        upper(given(body.client.tax_id)) as client_tax_id,
        body.client.email as client_email,
        moment(created_text) as created_at,
        local_day(moment(created_text)) as created_on,
        moment(succeeded_text) as succeeded_at,
        local_day(moment(succeeded_text)) as succeeded_on,
        wire.short_url,
        wire."from" as origin,
        wire.owner as owner_id,
        wire.idempotency_key,
        wire.metadata,
        body.emails,
        invoice_references(coalesce(body.invoices, only_one(invoice_text))) as invoice_ids,
        reference_ids(coalesce(body.receipts, only_one(wire.receipt_id))) as receipt_ids,
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
            amount := given(wire.amount),
            client_id := bare_id(wire.client),
            created_at := created_text,
            succeeded_at := succeeded_text,
            emails := left(wire.emails, 20),
            invoice_ids := left(wire.invoices, 20),
            receipt_ids := left(wire.receipts, 20),
            items := left(wire.items, 20)
        ) as raw

    from texts

)

select
    * exclude (raw),
    coalesce(
        total,
        try_cast(
            subtotal - coalesce(discount, 0) + taxes - coalesce(withholding_taxes, 0)
            as decimal(18, 6)
        ),
        try_cast(amount * 0.01 as decimal(18, 6)),
        try_cast(items_total(items) as decimal(18, 6))
    ) as effective_total,
    case
        when total is not null then 'total'
        when subtotal is not null and taxes is not null then 'subtotal'
        when amount is not null then 'amount'
        when items_total(items) is not null then 'items'
    end as total_source,
    raw

from typed
