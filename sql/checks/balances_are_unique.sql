-- Every invoice has one balance.
select team_id, invoice_id, count(*) as copies

from invoice_balances

group by team_id, invoice_id

having count(*) > 1
