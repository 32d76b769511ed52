-- A record is mirrored once: no id stands twice in a list of one company.
select team_id, stream, id, count(*) as copies

from (
    select team_id, 'invoices ' || invoice_type as stream, id from invoices
    union all
    select team_id, 'payments' as stream, id from payments
    union all
    select team_id, 'receipts' as stream, id from receipts
    union all
    select team_id, 'clients' as stream, id from clients
    union all
    select team_id, 'services' as stream, id from services
    union all
    select team_id, 'sat' as stream, id from sat_cfdis
)

group by team_id, stream, id

having count(*) > 1
