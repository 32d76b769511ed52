-- Payments, one typed row per payload of `batch`.
-- `wire` is what was sent, numbers as text; `exact` and `odd` are read only where they are needed:
-- the digits of numbers too long for their text, and the text of parts that are not lists.
-- `effective_total` is `total`, which some payments lack, or the best substitute there is.

with

parsed as (

    select
        kept,
        payload,
        from_json(payload, '{
            "status": "VARCHAR", "livemode": "VARCHAR",
            "client_id": "VARCHAR", "created_at": "VARCHAR", "created": "VARCHAR",
            "succeeded_at": "VARCHAR", "paid_at": "VARCHAR", "currency": "VARCHAR",
            "exchange_rate": "VARCHAR", "subtotal": "VARCHAR", "discount": "VARCHAR",
            "taxes": "VARCHAR", "withholding_taxes": "VARCHAR", "total": "VARCHAR",
            "total_refunded": "VARCHAR", "amount": "VARCHAR", "payment_form": "VARCHAR",
            "payment_processor": "VARCHAR", "processor": "VARCHAR",
            "automation_type": "VARCHAR", "short_url": "VARCHAR",
            "idempotency_key": "VARCHAR", "from": "VARCHAR", "owner": "VARCHAR",
            "metadata": "VARCHAR", "invoice": "VARCHAR", "invoice_id": "VARCHAR",
            "invoiceId": "VARCHAR", "receipt_id": "VARCHAR",
            "client": {
                "id": "VARCHAR", "name": "VARCHAR", "legal_name": "VARCHAR",
                "tax_id": "VARCHAR", "email": "VARCHAR"
            },
            "invoices": ["VARCHAR"], "receipts": ["VARCHAR"], "emails": ["VARCHAR"],
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
                length(wire.total_refunded), length(wire.amount)
            )) then from_json(payload, '{
                "exchange_rate": "DECIMAL(38,6)", "subtotal": "DECIMAL(38,6)",
                "discount": "DECIMAL(38,6)", "taxes": "DECIMAL(38,6)",
                "withholding_taxes": "DECIMAL(38,6)", "total": "DECIMAL(38,6)",
                "total_refunded": "DECIMAL(38,6)", "amount": "DECIMAL(38,6)"
            }')
        end as exact,
        case
            when
                wire.client is null
                or wire.items is null
                or wire.invoices is null
                or wire.receipts is null
                or wire.emails is null
                or has_untrue_number(payload)
                then from_json(payload, '{
                    "client": "VARCHAR", "items": "VARCHAR", "invoices": "VARCHAR",
                    "receipts": "VARCHAR", "emails": "VARCHAR"
                }')
        end as odd,
        given(coalesce(wire.created_at, wire.created)) as created_text,
        given(coalesce(wire.succeeded_at, wire.paid_at)) as succeeded_text,
        coalesce(wire.invoice_id, wire."invoiceId", wire.invoice) as invoice_text

    from parsed

),

typed as (

    select
        kept,
        wire,
        odd,
        created_text,
        succeeded_text,
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
        money(exact.exchange_rate, wire.exchange_rate) as exchange_rate,
        money(exact.subtotal, wire.subtotal) as subtotal,
        money(exact.discount, wire.discount) as discount,
        money(exact.taxes, wire.taxes) as taxes,
        money(exact.withholding_taxes, wire.withholding_taxes) as withholding_taxes,
        money(exact.total, wire.total) as total,
        money(exact.total_refunded, wire.total_refunded) as total_refunded,
        money(exact.amount, wire.amount) as amount,
        given(wire.payment_form) as payment_form,
        coalesce(wire.payment_processor, wire.processor) as payment_processor,
        wire.automation_type,
        coalesce(wire.client.id, bare_id(odd.client), wire.client_id) as client_id,
        wire.client.name as client_name,
        wire.client.legal_name as client_legal_name,
        upper(given(wire.client.tax_id)) as client_tax_id,
        wire.client.email as client_email,
        moment(created_text) as created_at,
        local_day(created_at) as created_on,
        moment(succeeded_text) as succeeded_at,
        local_day(succeeded_at) as succeeded_on,
        wire.short_url,
        wire."from" as origin,
        wire.owner as owner_id,
        wire.idempotency_key,
        wire.metadata,
        wire.emails,
        invoice_references(coalesce(wire.invoices, only_one(invoice_text))) as invoice_ids,
        reference_ids(coalesce(wire.receipts, only_one(wire.receipt_id))) as receipt_ids,
        typed_items(wire.items, odd.items) as items

    from texts

)

select
    * exclude (wire, odd, created_text, succeeded_text),
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
    drifted([
        lost('is_livemode', wire.livemode, is_livemode),
        lost('exchange_rate', wire.exchange_rate, exchange_rate),
        lost('subtotal', wire.subtotal, subtotal),
        lost('discount', wire.discount, discount),
        lost('taxes', wire.taxes, taxes),
        lost('withholding_taxes', wire.withholding_taxes, withholding_taxes),
        lost('total', wire.total, total),
        lost('total_refunded', wire.total_refunded, total_refunded),
        lost('amount', wire.amount, amount),
        lost('created_at', created_text, created_at),
        lost('succeeded_at', succeeded_text, succeeded_at),
        lost('emails', odd.emails, emails),
        lost('invoice_ids', odd.invoices, invoice_ids),
        lost('receipt_ids', odd.receipts, receipt_ids),
        lost('items', odd.items, items)
    ]) as drift

from typed
