-- Invoices of every kind (I, E, P, T and drafts), one typed row per payload of `batch`.
-- `wire` is what was sent, numbers as text. `exact` and `odd` are read only where they are needed,
-- since each is another pass over the payload: the digits of numbers too long for their text, and
-- the text of parts that are not what they should be.

with

parsed as (

    select
        kept,
        payload,
        from_json(payload, '{
            "uuid": "VARCHAR", "invoice_type": "VARCHAR", "status": "VARCHAR",
            "livemode": "VARCHAR", "draft": "VARCHAR",
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
            "items": ' || item_shape() || '
        }') as wire

    from batch

),

checked as (

    select
        *,
        case
            when is_too_long(greatest(
                length(wire.exchange_rate), length(wire.subtotal), length(wire.discount),
                length(wire.taxes), length(wire.withholding_taxes), length(wire.total),
                length(wire.payment_complements), length(wire.last_balance),
                length(wire.installments)
            )) then from_json(payload, '{
                "exchange_rate": "DECIMAL(38,6)", "subtotal": "DECIMAL(38,6)",
                "discount": "DECIMAL(38,6)", "taxes": "DECIMAL(38,6)",
                "withholding_taxes": "DECIMAL(38,6)", "total": "DECIMAL(38,6)",
                "payment_complements": "DECIMAL(38,6)", "last_balance": "DECIMAL(38,6)",
                "installments": "DECIMAL(38,6)"
            }')
        end as exact,
        case
            when
                wire.client is null
                or wire.items is null
                or wire.payments is null
                or wire.invoices is null
                or wire.emails is null
                or wire.related_documents is null
                or has_untrue_number(payload)
                then from_json(payload, '{
                    "client": "VARCHAR", "items": "VARCHAR", "payments": "VARCHAR",
                    "invoices": "VARCHAR", "emails": "VARCHAR",
                    "related_documents": "VARCHAR"
                }')
        end as odd,
        coalesce(
            wire.status, case when flag(wire.draft) then 'draft' end
        ) as status_text,
        -- in one list, because each mention of moment() is planned anew
        list_transform(
            [
                coalesce(wire.created_at, wire.created),
                wire.updated_at,
                wire.date,
                coalesce(wire.stamp.stamp_at, wire.stamp.stamped_at),
                coalesce(wire.cancellation.cancelled_at, wire.cancellation.canceled_at),
                wire.cancellation.requested_at,
                wire.cancellation.last_checked,
                case
                    when contains(wire.metadata, '"due_date"')
                        then from_json(
                            payload, '{"metadata": {"due_date": "VARCHAR"}}'
                        ).metadata.due_date
                end
            ],
            lambda sent: given(sent)
        ) as sent_moments

    from parsed

),

timed as (

    select
        *,
        list_transform(sent_moments, lambda sent: moment(sent)) as moments

    from checked

),

dated as (

    select
        *,
        list_transform(
            [moments[1], coalesce(moments[3], moments[1]), moments[4], moments[5], moments[8]],
            lambda utc: local_day(utc)
        ) as days

    from timed

),

typed as (

    select
        kept,
        payload,
        wire,
        exact,
        odd,
        sent_moments,
        wire.uuid,
        coalesce(fiscal_uuid(wire.uuid), fiscal_uuid(wire.stamp.uuid)) as uuid_fiscal,
        upper(given(wire.invoice_type)) as invoice_type,
        invoice_status(status_text) as status,
        wire.status as status_raw,
        coalesce(
            invoice_status(status_text) in ('valid', 'cancelled', 'pending', 'draft'), false
        ) as is_status_known,
        flag(wire.livemode) as is_livemode,
        coalesce(flag(wire.draft), false) as is_draft,
        upper(given(wire.currency)) as currency,
        money(exact.exchange_rate, wire.exchange_rate) as exchange_rate,
        money(exact.subtotal, wire.subtotal) as subtotal,
        money(exact.discount, wire.discount) as discount,
        money(exact.taxes, wire.taxes) as taxes,
        money(exact.withholding_taxes, wire.withholding_taxes) as withholding_taxes,
        money(exact.total, wire.total) as total,
        money(exact.payment_complements, wire.payment_complements) as payment_complements,
        money(exact.last_balance, wire.last_balance) as last_balance,
        try_cast(money(exact.installments, wire.installments) as integer) as installments,
        upper(given(wire.payment_method)) as payment_method,
        given(wire.payment_form) as payment_form,
        given(wire.payment_conditions) as payment_conditions,
        term_days(payment_conditions) as term_days,
        case
            when sent_moments[8] like '____-__-__' then try_cast(sent_moments[8] as date)
            else days[5]
        end as due_on,
        given(wire.use) as use_cfdi,
        given(wire.exports) as exports,
        wire.series,
        wire.folio_number,
        coalesce(wire.client.id, bare_id(odd.client), wire.client_id) as client_id,
        coalesce(wire.client.name, wire.client_name) as client_name,
        wire.client.legal_name as client_legal_name,
        upper(given(wire.client.tax_id)) as client_tax_id,
        wire.client.tax_system as client_tax_system,
        wire.client.email as client_email,
        wire.client.address.zip as client_zip,
        wire.issuer_info.legal_name as issuer_legal_name,
        upper(given(wire.issuer_info.tax_id)) as issuer_tax_id,
        wire.issuer_info.tax_system as issuer_tax_system,
        wire.issuer_info.zip as issuer_zip,
        moments[1] as created_at,
        days[1] as created_on,
        moments[2] as updated_at,
        moments[3] as dated_at,
        coalesce(moments[3], moments[1]) as issued_at,
        days[2] as issued_on,
        moments[4] as stamped_at,
        days[3] as stamped_on,
        moments[5] as cancelled_at,
        days[4] as cancelled_on,
        given(
            coalesce(wire.cancellation.cancellation_status, wire.cancellation_status)
        ) as cancellation_status,
        given(wire.cancellation.motive) as cancellation_motive,
        moments[6] as cancellation_requested_at,
        moments[7] as cancellation_checked_at,
        fiscal_uuid(wire.cancellation.substitution_uuid) as substitution_uuid,
        given(wire.global.periodicity) as global_periodicity,
        given(wire.global.months) as global_months,
        try_cast(wire.global.year as integer) as global_year,
        wire.verification_url,
        wire.files.pdf as pdf_url,
        wire.files.xml as xml_url,
        wire."from" as origin,
        wire.owner as owner_id,
        wire.idempotency_key,
        wire.metadata,
        wire.emails,
        reference_ids(wire.payments) as payment_ids,
        invoice_references(wire.invoices) as invoice_ids,
        list_transform(
            list_filter(wire.related_documents, lambda related: related is not null),
            lambda related: struct_pack(
                relationship := related.relationship,
                documents := invoice_references(related.documents)
            )
        ) as related_documents,
        typed_items(wire.items, odd.items) as items

    from dated

)

select
    * exclude (payload, wire, exact, odd, sent_moments),
    drifted([
        lost('is_livemode', wire.livemode, is_livemode),
        lost('exchange_rate', wire.exchange_rate, exchange_rate),
        lost('subtotal', wire.subtotal, subtotal),
        lost('discount', wire.discount, discount),
        lost('taxes', wire.taxes, taxes),
        lost('withholding_taxes', wire.withholding_taxes, withholding_taxes),
        lost('total', wire.total, total),
        lost('payment_complements', wire.payment_complements, payment_complements),
        lost('last_balance', wire.last_balance, last_balance),
        lost('installments', wire.installments, installments),
        lost('created_at', sent_moments[1], created_at),
        lost('updated_at', sent_moments[2], updated_at),
        lost('dated_at', sent_moments[3], dated_at),
        lost('stamped_at', sent_moments[4], stamped_at),
        lost('cancelled_at', sent_moments[5], cancelled_at),
        lost('cancellation_requested_at', sent_moments[6], cancellation_requested_at),
        lost('cancellation_checked_at', sent_moments[7], cancellation_checked_at),
        lost('substitution_uuid', wire.cancellation.substitution_uuid, substitution_uuid),
        lost('global_year', wire.global.year, global_year),
        lost('emails', odd.emails, emails),
        lost('payment_ids', odd.payments, payment_ids),
        lost('invoice_ids', odd.invoices, invoice_ids),
        lost('related_documents', odd.related_documents, related_documents),
        lost('items', odd.items, items)
    ]) as drift

from typed
