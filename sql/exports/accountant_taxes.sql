-- Taxes of the invoices and credit notes in force of the period, as invoiced, not as collected.
-- IVA is due on what was collected (LIVA 1-B): of PPD that is what complements say.
-- Grain: one row per type of CFDI, payment method, tax, factor, rate, withholding and currency.
--   invoice_type: I income, E credit note (to be taken off)
--   payment_method: PUE or PPD
--   tax: IVA, ISR or IEPS
--   factor: Tasa, Cuota or Exento
--   rate: share of the base, or pesos per unit; NULL for Exento
--   is_withholding: withheld by the client rather than charged
--   count: invoices that bear it
--   base: what it is charged on
--   amount: the tax
--   currency: ISO code; amounts of this row are in it

select
    invoice_taxes.invoice_type,
    invoices.payment_method,
    invoice_taxes.tax,
    invoice_taxes.factor,
    invoice_taxes.rate,
    invoice_taxes.is_withholding,
    count(distinct invoice_taxes.invoice_id) as count,
    cast(coalesce(sum(invoice_taxes.base), 0) as decimal(38, 6)) as base,
    cast(coalesce(sum(invoice_taxes.amount), 0) as decimal(38, 6)) as amount,
    invoice_taxes.currency

from invoice_taxes

cross join cut

inner join invoices
    on
        invoice_taxes.team_id = invoices.team_id
        and invoice_taxes.invoice_id = invoices.id
        and invoice_taxes.invoice_type = invoices.invoice_type

where
    invoice_taxes.is_live
    and invoice_taxes.invoice_type in ('I', 'E')
    and within_period(invoice_taxes.issued_on, cut.from_on, cut.to_on)
    and within_period(invoices.issued_on, cut.from_on, cut.to_on)
    and (cut.team_id is null or invoice_taxes.team_id = cut.team_id)

group by
    invoice_taxes.invoice_type,
    invoices.payment_method,
    invoice_taxes.tax,
    invoice_taxes.factor,
    invoice_taxes.rate,
    invoice_taxes.is_withholding,
    invoice_taxes.currency
