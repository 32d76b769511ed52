-- Every document has a local day: without one it is in no period.
select team_id, 'invoices' as stream, id
from invoices
where issued_on is null and deleted_at is null
union all
select team_id, 'payments' as stream, id
from payments
where created_on is null and deleted_at is null
union all
select team_id, 'receipts' as stream, id
from receipts
where created_on is null and deleted_at is null
