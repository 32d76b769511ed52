-- Every record a check of the conciliation looked at twice: what it found, and what it cannot tell yet.
-- Grain: one row per check and record, of the period asked for.
--   team_id: the company
--   code: the check
--   severity: critica, alta, media or baja
--   state: found; pending: still in time; undecided: the mirror cannot tell
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

with

every_check as (

    select * from conciliation_sat

    union all

    select * from conciliation_repeated_uuids

    union all

    select * from conciliation_folios

    union all

    select * from conciliation_doubles

    union all

    select * from conciliation_uninvoiced

    union all

    select * from conciliation_uncollected

    union all

    select * from conciliation_complements

    union all

    select * from conciliation_terms

    union all

    select * from conciliation_credits

)

select
    every_check.team_id,
    every_check.code,
    rules.severity,
    every_check.state,
    every_check.dated_on,
    every_check.currency,
    every_check.amount,
    every_check.record_type,
    every_check.invoice_id,
    every_check.payment_id,
    every_check.uuid_fiscal,
    every_check.related_id,
    every_check.client_name,
    every_check.due_on,
    every_check.note

from every_check

inner join conciliation_rules as rules on every_check.code = rules.code

cross join cut

where within_period(every_check.dated_on, cut.from_on, cut.to_on)
