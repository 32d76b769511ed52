-- Every amount has a currency: without one it can be added to nothing.
select team_id, 'invoices' as stream, id, total
from invoices
where total is not null and currency is null and deleted_at is null
union all
select team_id, 'payments' as stream, id, total
from payments
where total is not null and currency is null and deleted_at is null
union all
select team_id, 'receipts' as stream, id, total
from receipts
where total is not null and currency is null and deleted_at is null
