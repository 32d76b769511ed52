-- Every state is one that the reports know: the others are counted as such, in no sum.
select team_id, 'invoices' as stream, status_raw, count(*) as records
from invoices
where not is_status_known and deleted_at is null
group by team_id, status_raw
union all
select team_id, 'payments' as stream, status_raw, count(*) as records
from payments
where not is_status_known and deleted_at is null
group by team_id, status_raw
union all
select team_id, 'receipts' as stream, status_raw, count(*) as records
from receipts
where not is_status_known and deleted_at is null
group by team_id, status_raw
