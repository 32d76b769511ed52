-- What `gigstack status` counts and adds up per currency is what its rows say.
select
    summary.currency, summary.invoices, summary.valid_total, details.found, details.found_total

from status_invoices as summary

full join (
    select
        currency,
        count(*) filter (where invoice_type = 'I') as found,
        coalesce(sum(total) filter (where invoice_type = 'I' and state = 'valid'), 0)
            as found_total
    from status_invoice_rows
    where invoice_type in ('I', 'E')
    group by currency
) as details
    on summary.currency is not distinct from details.currency

where
    summary.invoices is distinct from details.found
    or summary.valid_total is distinct from details.found_total
    or summary.invoices <> summary.valid + summary.cancelled + summary.other
