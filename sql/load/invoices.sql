-- Invoices of every kind (I, E, P, T and drafts), one typed row per payload of `batch`.
-- `wire` is each field as text, `body` the exact numbers and the nested parts.
-- `raw` holds the text of what the typed column of the same name was made from.

with

parsed as (

    select
        key,
        payload,
        from_json(payload, '{
            "uuid": "VARCHAR", "invoice_type": "VARCHAR", "status": "VARCHAR",
            "livemode": "VARCHAR", "draft": "VARCHAR", "client": "VARCHAR",
            "client_id": "VARCHAR", "client_name": "VARCHAR",
            "created_at": "VARCHAR", "created": "VARCHAR", "updated_at": "VARCHAR",
            "date": "VARCHAR", "currency": "VARCHAR", "exchange_rate": "VARCHAR",
            "subtotal": "VARCHAR", "discount": "VARCHAR", "taxes": "VARCHAR",
            "withholding_taxes": "VARCHAR", "total": "VARCHAR",
            "payment_complements": "VARCHAR", "last_balance": "VARCHAR",
            "installments": "VARCHAR", "series": "VARCHAR",
            "folio_number": "VARCHAR", "use": "VARCHAR", "payment_form": "VARCHAR",
            "payment_method": "VARCHAR", "payment_conditions": "VARCHAR",
            "exports": "VARCHAR", "cancellation_status": "VARCHAR",
            "verification_url": "VARCHAR", "idempotency_key": "VARCHAR",
            "from": "VARCHAR", "owner": "VARCHAR", "metadata": "VARCHAR",
            "items": "VARCHAR", "payments": "VARCHAR", "invoices": "VARCHAR",
            "related_documents": "VARCHAR", "emails": "VARCHAR",
            "complements": "VARCHAR"
        }') as wire,
        from_json(payload, '{
            "exchange_rate": "DECIMAL(38,6)", "subtotal": "DECIMAL(38,6)",
            "discount": "DECIMAL(38,6)", "taxes": "DECIMAL(38,6)",
            "withholding_taxes": "DECIMAL(38,6)", "total": "DECIMAL(38,6)",
            "payment_complements": "DECIMAL(38,6)", "last_balance": "DECIMAL(38,6)",
            "installments": "DECIMAL(38,6)",
            "client": {
                "id": "VARCHAR", "name": "VARCHAR", "legal_name": "VARCHAR",
                "tax_id": "VARCHAR", "tax_system": "VARCHAR", "email": "VARCHAR",
                "address": {"zip": "VARCHAR"}
            },
            "issuer_info": {
                "legal_name": "VARCHAR", "tax_id": "VARCHAR",
                "tax_system": "VARCHAR", "zip": "VARCHAR"
            },
            "stamp": {"uuid": "VARCHAR", "stamp_at": "VARCHAR", "stamped_at": "VARCHAR"},
            "cancellation": {
                "cancellation_status": "VARCHAR", "motive": "VARCHAR",
                "cancelled_at": "VARCHAR", "canceled_at": "VARCHAR",
                "requested_at": "VARCHAR", "last_checked": "VARCHAR",
                "substitution_uuid": "VARCHAR"
            },
            "global": {"periodicity": "VARCHAR", "months": "VARCHAR", "year": "VARCHAR"},
            "files": {"pdf": "VARCHAR", "xml": "VARCHAR"},
            "payments": ["VARCHAR"], "invoices": ["VARCHAR"], "emails": ["VARCHAR"],
            "related_documents": [{"relationship": "VARCHAR", "documents": ["VARCHAR"]}],
            "metadata": {"due_date": "VARCHAR"},
            "items": ' || item_shape() || '
        }') as body

    from batch

),

texts as (

    select
        *,
        given(coalesce(wire.created_at, wire.created)) as created_text,
        given(coalesce(body.stamp.stamp_at, body.stamp.stamped_at)) as stamped_text,
        given(
            coalesce(body.cancellation.cancelled_at, body.cancellation.canceled_at)
        ) as cancelled_text,
        coalesce(
            wire.status, case when flag(wire.draft) then 'draft' end
        ) as status_text,
        case
            when len(wire.complements) > 2
                then from_json(quoted_numbers(payload), '{"complements": "VARCHAR"}').complements
            else wire.complements
        end as complements_text

    from parsed

),

paying as (

    select
        *,
        complement_payments_read(complement_bodies(complements_text)) as complement_payments

    from texts

),

paid as (

    select
        *,
        complement_documents_read(complement_payments) as complement_documents

    from paying

)

select
    key,
    wire.uuid,
    coalesce(fiscal_uuid(wire.uuid), fiscal_uuid(body.stamp.uuid)) as uuid_fiscal,
    upper(given(wire.invoice_type)) as invoice_type,
    invoice_status(status_text) as status,
    wire.status as status_raw,
    coalesce(
        invoice_status(status_text) in ('valid', 'cancelled', 'pending', 'draft'), false
    ) as is_status_known,
    flag(wire.livemode) as is_livemode,
    coalesce(flag(wire.draft), false) as is_draft,
    upper(given(wire.currency)) as currency,
    money(body.exchange_rate, wire.exchange_rate) as exchange_rate,
    money(body.subtotal, wire.subtotal) as subtotal,
    money(body.discount, wire.discount) as discount,
    money(body.taxes, wire.taxes) as taxes,
    money(body.withholding_taxes, wire.withholding_taxes) as withholding_taxes,
    money(body.total, wire.total) as total,
    money(body.payment_complements, wire.payment_complements) as payment_complements,
    money(body.last_balance, wire.last_balance) as last_balance,
    try_cast(money(body.installments, wire.installments) as integer) as installments,
    upper(given(wire.payment_method)) as payment_method,
    given(wire.payment_form) as payment_form,
    given(wire.payment_conditions) as payment_conditions,
    term_days(payment_conditions) as term_days,
    written_day(given(body.metadata.due_date)) as due_on,
    given(wire.use) as use_cfdi,
    given(wire.exports) as exports,
    wire.series,
    wire.folio_number,
    coalesce(body.client.id, bare_id(wire.client), wire.client_id) as client_id,
    coalesce(body.client.name, wire.client_name) as client_name,
    body.client.legal_name as client_legal_name,
    upper(given(body.client.tax_id)) as client_tax_id,
    body.client.tax_system as client_tax_system,
    body.client.email as client_email,
    body.client.address.zip as client_zip,
    body.issuer_info.legal_name as issuer_legal_name,
    upper(given(body.issuer_info.tax_id)) as issuer_tax_id,
    body.issuer_info.tax_system as issuer_tax_system,
    body.issuer_info.zip as issuer_zip,
    moment(created_text) as created_at,
    local_day(created_at) as created_on,
    moment(given(wire.updated_at)) as updated_at,
    moment(given(wire.date)) as dated_at,
    coalesce(dated_at, created_at) as issued_at,
    local_day(issued_at) as issued_on,
    moment(stamped_text) as stamped_at,
    local_day(stamped_at) as stamped_on,
    moment(cancelled_text) as cancelled_at,
    local_day(cancelled_at) as cancelled_on,
    given(
        coalesce(body.cancellation.cancellation_status, wire.cancellation_status)
    ) as cancellation_status,
    given(body.cancellation.motive) as cancellation_motive,
    moment(given(body.cancellation.requested_at)) as cancellation_requested_at,
    moment(given(body.cancellation.last_checked)) as cancellation_checked_at,
    fiscal_uuid(body.cancellation.substitution_uuid) as substitution_uuid,
    given(body.global.periodicity) as global_periodicity,
    given(body.global.months) as global_months,
    try_cast(body.global.year as integer) as global_year,
    wire.verification_url,
    body.files.pdf as pdf_url,
    body.files.xml as xml_url,
    wire."from" as origin,
    wire.owner as owner_id,
    wire.idempotency_key,
    wire.metadata,
    body.emails,
    reference_ids(body.payments) as payment_ids,
    invoice_references(body.invoices) as invoice_ids,
    list_transform(
        list_filter(body.related_documents, lambda related: related is not null),
        lambda related: struct_pack(
            relationship := related.relationship,
            documents := invoice_references(related.documents)
        )
    ) as related_documents,
    typed_items(body.items, wire.items) as items,
    case
        when json_valid(complements_text)
            and not regexp_matches(
                complements_text,
                '"(amount|Monto|ImpPagado|[a-z]+_amount|[a-z]+_balance)":(true|false)'
            )
            then coalesce(typed_complements(complement_payments, complement_documents), [])
    end as complements,
    struct_pack(
        is_livemode := given(wire.livemode),
        exchange_rate := given(wire.exchange_rate),
        subtotal := given(wire.subtotal),
        discount := given(wire.discount),
        taxes := given(wire.taxes),
        withholding_taxes := given(wire.withholding_taxes),
        total := given(wire.total),
        payment_complements := given(wire.payment_complements),
        last_balance := given(wire.last_balance),
        installments := given(wire.installments),
        client_id := bare_id(wire.client),
        created_at := created_text,
        updated_at := given(wire.updated_at),
        dated_at := given(wire.date),
        stamped_at := stamped_text,
        cancelled_at := cancelled_text,
        cancellation_requested_at := given(body.cancellation.requested_at),
        cancellation_checked_at := given(body.cancellation.last_checked),
        substitution_uuid := given(body.cancellation.substitution_uuid),
        global_year := given(body.global.year),
        emails := left(wire.emails, 20),
        payment_ids := left(wire.payments, 20),
        invoice_ids := left(wire.invoices, 20),
        related_documents := left(wire.related_documents, 20),
        items := left(wire.items, 20),
        complements := left(wire.complements, 20)
    ) as raw

from paid
