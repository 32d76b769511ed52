-- What each client owes at the cut, by how long it has been due; what is in its favour apart.
-- Edges of the buckets: cut.aging_edges. The rows of cobranza_rows add up to it exactly.
-- Grain: one row per company, client and currency.
--   team_id: the company that is owed
--   client_key: who owes: the RFC; for the generic RFCs, which never merge, gigstack's client id
--   client_name: name on its newest document
--   currency: ISO code; amounts of this row are in it
--   invoices: open invoices
--   balance: what they owe
--   overdue: the part of it that is due
--   not_due: the part of it that is not
--   bucket_1: overdue up to the first edge, 1 to 30 days unless set otherwise
--   bucket_2: up to the second edge, 31 to 60 days
--   bucket_3: up to the third edge, 61 to 90 days
--   bucket_4: up to the fourth edge; everything older where there are but three
--   older: beyond the fourth edge, where there are more than three
--   in_favour: overpaid, and credit notes and payments that belong to no invoice; negative
--   unknown_invoices: invoices whose balance then nobody can tell; in no amount

select
    team_id,
    client_key,
    max_by(client_name, issued_on) as client_name,
    currency,
    count(*) filter (where kind = 'invoice') as invoices,
    coalesce(sum(amount) filter (where kind = 'invoice'), 0) as balance,
    coalesce(sum(amount) filter (where due_bucket > 0), 0) as overdue,
    coalesce(sum(amount) filter (where due_bucket = 0), 0) as not_due,
    coalesce(sum(amount) filter (where due_bucket = 1), 0) as bucket_1,
    coalesce(sum(amount) filter (where due_bucket = 2), 0) as bucket_2,
    coalesce(sum(amount) filter (where due_bucket = 3), 0) as bucket_3,
    coalesce(sum(amount) filter (where due_bucket = 4), 0) as bucket_4,
    coalesce(sum(amount) filter (where due_bucket > 4), 0) as older,
    coalesce(sum(amount) filter (where amount < 0), 0) as in_favour,
    count(*) filter (where kind = 'unknown') as unknown_invoices

from cobranza_rows

group by
    team_id,
    client_key,
    currency
