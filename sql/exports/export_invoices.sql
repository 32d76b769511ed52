-- Invoices for a file: the official export's columns first, in its order and under its names, then ours.
-- Grain: one row per CFDI issued and not deleted; the official export holds those of type I.
--   uuid: the API's uuid field as received
--   status: the state as the API spelled it
--   payment_method: PUE paid in full at once, PPD in instalments or later
--   payment_form: SAT's code of how it is paid
--   client_name: legal name on the invoice, else the client's name
--   client_rfc: RFC of the client
--   client_email: e-mail of the client
--   subtotal: before discount and taxes
--   total: with taxes, in currency
--   currency: ISO code; amounts of this row are in it
--   series: series of the folio
--   folio_number: folio within the series, as text
--   last_balance: what gigstack says is outstanding
--   created_at: local day it was created, as the official export writes it
--   id: gigstack's id
--   uuid_fiscal: folio fiscal in upper case
--   invoice_type: I income, E credit note, P payment complement, T transfer
--   invoice_type_label: SAT's word for the type
--   state: valid, cancelled or pending; a word nobody knows stays as sent
--   issued_on: local day of the invoice
--   stamped_on: local day of SAT's stamp
--   discount: taken off the subtotal
--   taxes: taxes added
--   withholding_taxes: taxes withheld, taken off
--   exchange_rate: pesos per unit of currency, as of the document
--   total_mxn: total in pesos at the document's own rate
--   payment_method_label: SAT's text of the code
--   payment_form_label: SAT's text of the code
--   use_cfdi: SAT's code of what the client uses it for
--   use_cfdi_label: SAT's text of the code
--   client_id: gigstack's id of the client
--   client_tax_system: SAT's code of the client's tax regime
--   client_tax_system_label: SAT's text of the code
--   client_zip: fiscal postal code of the client
--   cancelled_on: local day of cancellation
--   cancellation_motive: SAT's motive, 01 to 04
--   cancellation_motive_label: SAT's text of the motive
--   substitution_uuid: folio fiscal of the invoice that replaces this one
--   is_global: a global invoice to the general public
--   team_id: the company that issued it

select
    uuid,
    status_raw as status,
    payment_method,
    payment_form,
    client_name,
    client_tax_id as client_rfc,
    client_email,
    subtotal,
    total,
    currency,
    series,
    folio_number,
    last_balance,
    created_on as created_at,
    id,
    uuid_fiscal,
    invoice_type,
    label('c_TipoDeComprobante', invoice_type) as invoice_type_label,
    status as state,
    issued_on,
    stamped_on,
    discount,
    taxes,
    withholding_taxes,
    exchange_rate,
    total_mxn,
    label('c_MetodoPago', payment_method) as payment_method_label,
    label('c_FormaPago', payment_form) as payment_form_label,
    use_cfdi,
    label('c_UsoCFDI', use_cfdi) as use_cfdi_label,
    client_id,
    client_tax_system,
    label('c_RegimenFiscal', client_tax_system) as client_tax_system_label,
    client_zip,
    cancelled_on,
    cancellation_motive,
    label('c_MotivoCancelacion', cancellation_motive) as cancellation_motive_label,
    substitution_uuid,
    is_global,
    team_id

from invoices

where deleted_at is null
