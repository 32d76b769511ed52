-- CFDI at SAT in the words and order of SAT's portal, of the period of view `cut`.
-- Grain: one row per CFDI at SAT and direction, not deleted.
--   direction: Emitido or Recibido
--   uuid_fiscal: folio fiscal in upper case
--   issuer_rfc: RFC of who issued it
--   issuer_name: name of who issued it
--   receiver_rfc: RFC of who received it
--   receiver_name: name of who received it
--   issued_at: time of issue on the wall clock of Central Mexico
--   stamped_at: time of stamping on the wall clock of Central Mexico
--   pac_rfc: RFC of the provider that stamped it
--   total: total of the CFDI; 0 for a complement
--   currency: ISO code; total is in it
--   exchange_rate: pesos per unit of currency
--   invoice_type_label: SAT's word for the type
--   status: Vigente or Cancelado
--   cancelled_at: time of cancellation on the wall clock of Central Mexico
--   series: series of the folio
--   folio_number: folio within the series, as text
--   issued_on: day of issue

select
    case sat_cfdis.direction
        when 'issued' then 'Emitido'
        when 'received' then 'Recibido'
        else sat_cfdis.direction
    end as direction,
    sat_cfdis.uuid_fiscal,
    sat_cfdis.issuer_tax_id as issuer_rfc,
    sat_cfdis.issuer_name,
    sat_cfdis.receiver_tax_id as receiver_rfc,
    sat_cfdis.receiver_name,
    sat_cfdis.issued_at_local as issued_at,
    sat_cfdis.stamped_at_local as stamped_at,
    sat_cfdis.pac_tax_id as pac_rfc,
    sat_cfdis.total,
    sat_cfdis.currency,
    sat_cfdis.exchange_rate,
    label('c_TipoDeComprobante', sat_cfdis.invoice_type) as invoice_type_label,
    sat_cfdis.status_raw as status,
    sat_cfdis.cancelled_at_local as cancelled_at,
    sat_cfdis.series,
    sat_cfdis.folio_number,
    sat_cfdis.issued_on

from sat_cfdis

cross join cut

where
    sat_cfdis.deleted_at is null
    and within_period(sat_cfdis.issued_on, cut.from_on, cut.to_on)
    and (cut.team_id is null or sat_cfdis.team_id = cut.team_id)
