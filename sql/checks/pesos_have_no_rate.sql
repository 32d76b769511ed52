-- A document in pesos is worth its own total in pesos.
select team_id, id, total, total_mxn, exchange_rate
from invoices
where currency = 'MXN' and total_mxn is distinct from total
