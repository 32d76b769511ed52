-- What `gigstack status` calls owed is the sum of the balances behind it, bucket by bucket too.
select
    summary.currency,
    summary.pending_total,
    summary.current_total + summary.d30_total + summary.d60_total + summary.d90_total
    + summary.over90_total as buckets_total,
    details.balance_total

from status_cobranza as summary

full join (
    select invoice_balances.currency, sum(invoice_balances.balance) as balance_total
    from invoice_balances
    cross join cut
    where
        coalesce(invoice_balances.payment_method = 'PPD', invoice_balances.api_balance is not null)
        and invoice_balances.balance > cut.tolerance
    group by invoice_balances.currency
) as details
    on summary.currency is not distinct from details.currency

where
    summary.pending_total is distinct from coalesce(details.balance_total, 0)
    or summary.pending_total
    <> summary.current_total + summary.d30_total + summary.d60_total + summary.d90_total
    + summary.over90_total
