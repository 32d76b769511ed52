-- CFDI issued by their state in gigstack and at SAT: the diagonal agrees, the rest is in the checks.
-- Grain: one row per company, state in gigstack, state at SAT, type and currency.
--   team_id: the company that issued them
--   gigstack_status: as in conciliation_pairs
--   sat_status: as in conciliation_pairs
--   invoice_type: I, E, P or T
--   currency: ISO code; XXX for complements
--   cfdis: how many
--   amount: sum of their totals

select
    pairs.team_id,
    pairs.gigstack_status,
    pairs.sat_status,
    pairs.invoice_type,
    pairs.currency,
    count(*) as cfdis,
    cast(sum(pairs.amount) as decimal(38, 6)) as amount

from conciliation_pairs as pairs

cross join cut

where within_period(pairs.dated_on, cut.from_on, cut.to_on)

group by
    pairs.team_id,
    pairs.gigstack_status,
    pairs.sat_status,
    pairs.invoice_type,
    pairs.currency
