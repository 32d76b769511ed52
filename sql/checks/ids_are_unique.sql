-- A record is mirrored once: no id stands twice in a list of one company.
-- The numbers that stand for ids are counted first: the text of millions would fill the memory.
select team_id, stream, id, count(*) as copies

from (
    select team_id, 'invoices I' as stream, id
    from mirror.invoices_income
    where key in (select key from mirror.invoices_income group by key having count(*) > 1)
    union all
    select team_id, 'invoices E' as stream, id
    from mirror.invoices_egress
    where key in (select key from mirror.invoices_egress group by key having count(*) > 1)
    union all
    select team_id, 'invoices P' as stream, id
    from mirror.invoices_payment
    where key in (select key from mirror.invoices_payment group by key having count(*) > 1)
    union all
    select team_id, 'invoices T' as stream, id
    from mirror.invoices_transfer
    where key in (select key from mirror.invoices_transfer group by key having count(*) > 1)
    union all
    select team_id, 'payments' as stream, id
    from mirror.payments
    where key in (select key from mirror.payments group by key having count(*) > 1)
    union all
    select team_id, 'receipts' as stream, id
    from mirror.receipts
    where key in (select key from mirror.receipts group by key having count(*) > 1)
    union all
    select team_id, 'clients' as stream, id
    from mirror.clients
    where key in (select key from mirror.clients group by key having count(*) > 1)
    union all
    select team_id, 'services' as stream, id
    from mirror.services
    where key in (select key from mirror.services group by key having count(*) > 1)
    union all
    select team_id, 'sat' as stream, id
    from mirror.invoices_sat
    where key in (select key from mirror.invoices_sat group by key having count(*) > 1)
)

group by team_id, stream, id

having count(*) > 1
