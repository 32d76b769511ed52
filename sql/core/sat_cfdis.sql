-- CFDI in SAT's own records, issued and received, from gigstack's mass download.
-- Grain: one row per CFDI.
--   team_id: the company whose records they are
--   id: gigstack's id of the record
--   uuid_fiscal: folio fiscal in upper case
--   uuid: folio fiscal as received
--   direction: issued or received
--   invoice_type: I income, E credit note, P payment complement, T transfer, N payroll
--   status: valid or cancelled; a word nobody knows stays as sent
--   status_raw: Vigente or Cancelado, as SAT says
--   is_status_known: false when status is none of the words above
--   is_live: valid at SAT
--   issuer_tax_id: RFC of who issued it
--   issuer_name: name of who issued it
--   receiver_tax_id: RFC of who received it
--   receiver_name: name of who received it
--   series: series of the folio
--   folio_number: folio within the series, as text
--   currency: ISO code in upper case; amounts of this row are in it
--   exchange_rate: pesos per unit of currency
--   subtotal: before discount and taxes
--   total: total of the CFDI; 0 for a complement
--   issued_at_local: time of issue on the wall clock of Central Mexico, as SAT writes it
--   issued_on: day of issue
--   stamped_at_local: time of stamping on the wall clock of Central Mexico
--   stamped_on: day of stamping
--   cancelled_at_local: time of cancellation on the wall clock of Central Mexico
--   cancelled_on: day of cancellation
--   pac_tax_id: RFC of the provider that stamped it
--   version: version of the CFDI standard
--   certificate_number: number of the issuer's certificate
--   resource_status: ready, building or error: how far the download of its XML is
--   has_xml: gigstack has its XML
--   xml_error: why the XML could not be had
--   download_request_id: the download it came with
--   created_at: when gigstack recorded it, UTC
--   updated_at: when gigstack last changed its record, UTC
--   is_partial: only the fields of the list are known yet
--   first_seen_at: when the sync first saw it, UTC
--   changed_at: when the sync last saw it change, UTC
--   deleted_at: when the sync found it gone, UTC; NULL while it exists

select
    team_id,
    id,
    uuid_fiscal,
    uuid,
    direction,
    invoice_type,
    status,
    status_raw,
    is_status_known,
    coalesce(status = 'valid', false) and deleted_at is null as is_live,
    issuer_tax_id,
    issuer_name,
    receiver_tax_id,
    receiver_name,
    series,
    folio_number,
    currency,
    exchange_rate,
    subtotal,
    total,
    issued_at_local,
    issued_on,
    stamped_at_local,
    stamped_on,
    cancelled_at_local,
    cancelled_on,
    pac_tax_id,
    version,
    certificate_number,
    resource_status,
    has_xml,
    xml_error,
    download_request_id,
    created_at,
    updated_at,
    is_partial,
    first_seen_at,
    changed_at,
    deleted_at

from mirror.invoices_sat
