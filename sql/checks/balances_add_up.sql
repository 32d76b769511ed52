-- A computed PPD balance is total - credited - advances - paid, never below zero, and so is the overpaid rest.
select
    team_id, invoice_id, currency, total, credited, advances, paid, overpaid, computed_balance

from invoice_balances

where
    payment_method = 'PPD'
    and computed_balance is not null
    and (
        computed_balance < 0
        or computed_balance - coalesce(overpaid, 0)
        <> total - coalesce(credited, 0) - coalesce(advances, 0) - coalesce(paid, 0)
    )
