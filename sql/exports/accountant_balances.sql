-- What is owed as of the cut, oldest debt first, in the columns an accountant expects.
-- Grain: one row per invoice on credit with a balance, or whose balance is not known.
--   client_rfc: RFC of the client
--   client_name: legal name on the invoice
--   series: series of the folio
--   folio_number: folio within the series, as text
--   uuid_fiscal: folio fiscal
--   issued_on: local day of the invoice
--   due_on: the day it is due
--   days_overdue: days since then at the cut; not due up to 0
--   bucket: Por vencer, 1-30, 31-60, 61-90 or 90+ days overdue
--   currency: ISO code; amounts of this row are in it
--   exchange_rate: pesos per unit of currency
--   total: with taxes
--   credited: taken off by credit notes
--   paid: paid by complements
--   balance: owed; empty where it cannot be known
--   balance_mxn: in pesos at the invoice's own rate
--   balance_source: computed, gigstack or unknown
--   complements: number of complements
--   last_paid_on: day of the last payment

select
    invoice_balances.client_tax_id as client_rfc,
    invoice_balances.client_name,
    invoice_balances.series,
    invoice_balances.folio_number,
    invoice_balances.uuid_fiscal,
    invoice_balances.issued_on,
    invoice_balances.due_on,
    invoice_balances.days_overdue,
    case
        when invoice_balances.days_overdue <= 0 then 'Por vencer'
        when invoice_balances.days_overdue <= 30 then '1-30'
        when invoice_balances.days_overdue <= 60 then '31-60'
        when invoice_balances.days_overdue <= 90 then '61-90'
        else '90+'
    end as bucket,
    invoice_balances.currency,
    invoice_balances.exchange_rate,
    invoice_balances.total,
    invoice_balances.credited,
    invoice_balances.paid,
    invoice_balances.balance,
    invoice_balances.balance_mxn,
    invoice_balances.balance_source,
    invoice_balances.complements,
    invoice_balances.last_paid_on

from invoice_balances

cross join cut

where
    coalesce(invoice_balances.payment_method = 'PPD', invoice_balances.api_balance is not null)
    and coalesce(invoice_balances.balance > cut.tolerance, true)
    and (cut.team_id is null or invoice_balances.team_id = cut.team_id)
