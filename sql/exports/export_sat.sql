-- SAT's own records for a file, both issued and received, in the words of SAT's portal.
-- Grain: one row per CFDI at SAT and direction, not deleted.
--   uuid_fiscal: folio fiscal in upper case
--   direction: issued or received
--   issuer_rfc: RFC of who issued it
--   issuer_name: name of who issued it
--   receiver_rfc: RFC of who received it
--   receiver_name: name of who received it
--   issued_at: time of issue on the wall clock of Central Mexico
--   stamped_at: time of stamping on the wall clock of Central Mexico
--   pac_rfc: RFC of the provider that stamped it
--   total: total of the CFDI; 0 for a complement
--   invoice_type: I income, E credit note, P payment complement, T transfer, N payroll
--   invoice_type_label: SAT's word for the type
--   status: Vigente or Cancelado, as SAT says
--   cancelled_at: time of cancellation on the wall clock of Central Mexico
--   series: series of the folio
--   folio_number: folio within the series, as text
--   subtotal: before discount and taxes
--   currency: ISO code; amounts of this row are in it
--   exchange_rate: pesos per unit of currency
--   state: valid or cancelled
--   issued_on: day of issue
--   resource_status: how far the download of its XML is
--   has_xml: gigstack has its XML
--   id: gigstack's id of the record
--   team_id: the company whose records they are

select
    uuid_fiscal,
    direction,
    issuer_tax_id as issuer_rfc,
    issuer_name,
    receiver_tax_id as receiver_rfc,
    receiver_name,
    issued_at_local as issued_at,
    stamped_at_local as stamped_at,
    pac_tax_id as pac_rfc,
    total,
    invoice_type,
    label('c_TipoDeComprobante', invoice_type) as invoice_type_label,
    status_raw as status,
    cancelled_at_local as cancelled_at,
    series,
    folio_number,
    subtotal,
    currency,
    exchange_rate,
    status as state,
    issued_on,
    resource_status,
    has_xml,
    id,
    team_id

from sat_cfdis

where deleted_at is null
