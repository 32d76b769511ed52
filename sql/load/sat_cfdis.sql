-- CFDI in SAT's own records, issued and received, one typed row per payload of `batch`.
-- SAT writes wall-clock times of Central Mexico without an offset: the `*_at_local` columns keep
-- them as written. `exact` is read only where a number is too long for its text.

with

parsed as (

    select
        kept,
        payload,
        from_json(payload, '{
            "id": "VARCHAR", "uuid": "VARCHAR", "direction": "VARCHAR",
            "invoice_type": "VARCHAR", "series": "VARCHAR", "folio": "VARCHAR",
            "subtotal": "VARCHAR", "total": "VARCHAR", "currency": "VARCHAR",
            "exchange_rate": "VARCHAR", "issue_date": "VARCHAR", "stamp_date": "VARCHAR",
            "cancellation_date": "VARCHAR", "status": "VARCHAR",
            "resource_status": "VARCHAR", "xmlError": "VARCHAR", "xml_error": "VARCHAR",
            "pac_rfc": "VARCHAR", "version": "VARCHAR", "certificate_number": "VARCHAR",
            "download_request_id": "VARCHAR", "has_xml": "VARCHAR",
            "created_at": "VARCHAR", "updated_at": "VARCHAR",
            "issuer": {"rfc": "VARCHAR", "name": "VARCHAR"},
            "receiver": {"rfc": "VARCHAR", "name": "VARCHAR"}
        }') as wire

    from batch

),

checked as (

    select
        *,
        case
            when is_too_long(greatest(
                length(wire.subtotal), length(wire.total), length(wire.exchange_rate)
            )) then from_json(payload, '{
                "subtotal": "DECIMAL(38,6)", "total": "DECIMAL(38,6)",
                "exchange_rate": "DECIMAL(38,6)"
            }')
        end as exact

    from parsed

),

typed as (

    select
        kept,
        wire,
        wire.uuid,
        coalesce(fiscal_uuid(wire.uuid), fiscal_uuid(wire.id)) as uuid_fiscal,
        lower(given(wire.direction)) as direction,
        upper(given(wire.invoice_type)) as invoice_type,
        sat_status(wire.status) as status,
        wire.status as status_raw,
        coalesce(sat_status(wire.status) in ('valid', 'cancelled'), false) as is_status_known,
        given(wire.resource_status) as resource_status,
        flag(wire.has_xml) as has_xml,
        given(coalesce(wire.xml_error, wire."xmlError")) as xml_error,
        upper(given(wire.issuer.rfc)) as issuer_tax_id,
        wire.issuer.name as issuer_name,
        upper(given(wire.receiver.rfc)) as receiver_tax_id,
        wire.receiver.name as receiver_name,
        wire.series,
        wire.folio as folio_number,
        upper(given(wire.currency)) as currency,
        money(exact.exchange_rate, wire.exchange_rate) as exchange_rate,
        money(exact.subtotal, wire.subtotal) as subtotal,
        money(exact.total, wire.total) as total,
        local_time(given(wire.issue_date)) as issued_at_local,
        issued_at_local::date as issued_on,
        local_time(given(wire.stamp_date)) as stamped_at_local,
        stamped_at_local::date as stamped_on,
        local_time(given(wire.cancellation_date)) as cancelled_at_local,
        cancelled_at_local::date as cancelled_on,
        upper(given(wire.pac_rfc)) as pac_tax_id,
        wire.version,
        wire.certificate_number,
        wire.download_request_id,
        moment(nullif(given(wire.created_at), '0')) as created_at,
        moment(nullif(given(wire.updated_at), '0')) as updated_at

    from checked

)

select
    * exclude (wire),
    drifted([
        lost('uuid_fiscal', wire.uuid, uuid_fiscal),
        lost('has_xml', wire.has_xml, has_xml),
        lost('exchange_rate', wire.exchange_rate, exchange_rate),
        lost('subtotal', wire.subtotal, subtotal),
        lost('total', wire.total, total),
        lost('issued_at_local', wire.issue_date, issued_at_local),
        lost('stamped_at_local', wire.stamp_date, stamped_at_local),
        lost('cancelled_at_local', wire.cancellation_date, cancelled_at_local),
        lost('created_at', nullif(given(wire.created_at), '0'), created_at),
        lost('updated_at', nullif(given(wire.updated_at), '0'), updated_at)
    ]) as drift

from typed
