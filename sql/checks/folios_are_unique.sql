-- A folio fiscal belongs to one invoice in force.
select team_id, uuid_fiscal, count(*) as copies, min(id) as first_id, max(id) as last_id

from invoices

where uuid_fiscal is not null and is_live

group by team_id, uuid_fiscal

having count(*) > 1
