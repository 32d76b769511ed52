-- CFDI in SAT's own records, issued and received, one typed row per payload of `batch`.
-- SAT writes wall-clock times of Central Mexico without an offset: the `*_at_local` columns keep
-- them as written. `raw` holds the text of what the typed column of the same name was made from.

with

parsed as (

    select
        key,
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
        }') as wire,
        from_json(payload, '{
            "subtotal": "DECIMAL(38,6)", "total": "DECIMAL(38,6)",
            "exchange_rate": "DECIMAL(38,6)"
        }') as body

    from batch

)

select
    key,
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
    money(body.exchange_rate, wire.exchange_rate) as exchange_rate,
    money(body.subtotal, wire.subtotal) as subtotal,
    money(body.total, wire.total) as total,
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
    moment(nullif(given(wire.updated_at), '0')) as updated_at,
    struct_pack(
        uuid_fiscal := given(wire.uuid),
        has_xml := given(wire.has_xml),
        exchange_rate := given(wire.exchange_rate),
        subtotal := given(wire.subtotal),
        total := given(wire.total),
        issued_at_local := given(wire.issue_date),
        stamped_at_local := given(wire.stamp_date),
        cancelled_at_local := given(wire.cancellation_date),
        created_at := nullif(given(wire.created_at), '0'),
        updated_at := nullif(given(wire.updated_at), '0')
    ) as raw

from parsed
