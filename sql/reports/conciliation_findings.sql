-- What the conciliation found: the rows behind every count and amount of conciliation_checks.
-- Grain: one row per check and record, of the period asked for.
--   team_id: the company
--   code: the check
--   severity: critica, alta, media or baja
--   dated_on: the day it belongs to
--   currency: ISO code; XXX where there is no amount
--   amount: what is at stake, in that currency
--   record_type: I, E, P, T, or payment
--   invoice_id: gigstack's id of the invoice
--   payment_id: gigstack's id of the payment
--   uuid_fiscal: folio fiscal of the invoice
--   related_id: gigstack's id of the other record
--   client_name: the client
--   due_on: last day it is in time; NULL where there is no such day
--   note: what is wrong, in words

select * exclude (state)

from conciliation_candidates

where state = 'found'
