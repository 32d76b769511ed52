-- What was invoiced in the period of view `cut`, concept by concept, with the invoice it stands on.
-- Grain: one row per concept of an invoice in force.
--   issued_on: local day of the invoice
--   uuid_fiscal: folio fiscal of the invoice
--   invoice_type: I income, E credit note, T transfer
--   series: series of the invoice
--   folio_number: folio of the invoice, as text
--   client_rfc: RFC of the client
--   client_name: legal name on the invoice
--   position: place within the invoice, from 1
--   product_key: SAT's product or service code
--   sku: the company's own code
--   description: text of the concept
--   unit_key: SAT's unit code
--   quantity: units
--   unit_price: price of a unit
--   amount: quantity × unit_price
--   discount: taken off the amount
--   net_amount: amount - discount, before taxes
--   taxability: SAT's code (objeto de impuesto)
--   taxability_label: SAT's text of the code
--   currency: ISO code; amounts of this row are in it

select
    invoice_items.issued_on,
    invoice_items.uuid_fiscal,
    invoice_items.invoice_type,
    invoices.series,
    invoices.folio_number,
    invoices.client_tax_id as client_rfc,
    invoices.client_name,
    invoice_items.position,
    invoice_items.product_key,
    invoice_items.sku,
    invoice_items.description,
    invoice_items.unit_key,
    invoice_items.quantity,
    invoice_items.unit_price,
    invoice_items.amount,
    invoice_items.discount,
    invoice_items.net_amount,
    invoice_items.taxability,
    label('c_ObjetoImp', invoice_items.taxability) as taxability_label,
    invoice_items.currency

from invoice_items

cross join cut

inner join invoices
    on
        invoice_items.team_id = invoices.team_id
        and invoice_items.invoice_id = invoices.id
        and invoice_items.invoice_type = invoices.invoice_type

where
    invoice_items.is_live
    and invoice_items.invoice_type <> 'P'
    and within_period(invoice_items.issued_on, cut.from_on, cut.to_on)
    and within_period(invoices.issued_on, cut.from_on, cut.to_on)
    and (cut.team_id is null or invoice_items.team_id = cut.team_id)
