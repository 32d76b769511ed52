-- Receivable at the cut and credit sales of the period, per currency: what DSO and CEI are made of.
-- Grain: one row per currency.
--   currency: ISO code; amounts of this row are in it
--   invoices: open invoices
--   receivable: what they owe
--   not_due: the part that is not due yet
--   overdue: the part that is
--   unknown_invoices: invoices whose balance then nobody can tell; in no amount
--   sales: PPD invoices in force issued in the period, with taxes, less the credit notes and advances
--     on PPD invoices of the period

with

balances as (

    select
        balances.currency,
        balances.balance,
        balances.days_overdue,
        balances.total - balances.credited - balances.advances as net_total,
        balances.balance > cut.tolerance as is_open,
        within_period(balances.issued_on, cut.from_on, cut.to_on) as is_of_period

    from invoice_balances as balances

    cross join cut

    where balances.payment_method is distinct from 'PUE'

)

select
    currency,
    count(*) filter (where is_open) as invoices,
    coalesce(sum(balance) filter (where is_open), 0) as receivable,
    coalesce(sum(balance) filter (where is_open and days_overdue <= 0), 0) as not_due,
    coalesce(sum(balance) filter (where is_open and days_overdue > 0), 0) as overdue,
    count(*) filter (where balance is null) as unknown_invoices,
    coalesce(sum(net_total) filter (where is_of_period), 0) as sales

from balances

group by currency
