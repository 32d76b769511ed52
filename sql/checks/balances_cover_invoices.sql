-- Every PPD in force at the cut has a balance row, and every balance row is such an invoice.
select
    coalesce(valid.team_id, balances.team_id) as team_id,
    coalesce(valid.invoice_id, balances.invoice_id) as invoice_id,
    valid.invoice_id is not null as is_in_status,
    balances.invoice_id is not null as has_balance

from (
    select status_invoice_rows.*
    from status_invoice_rows
    where
        invoice_type = 'I'
        and coalesce(state, 'valid') = 'valid'
        and payment_method = 'PPD'
        and issued_on is not null
) as valid

full join (
    select invoice_balances.team_id, invoice_balances.invoice_id
    from invoice_balances
    where invoice_balances.payment_method = 'PPD'
) as balances
    on valid.team_id = balances.team_id and valid.invoice_id = balances.invoice_id

where
    balances.invoice_id is null and valid.state = 'valid'
    or valid.invoice_id is null
