-- Invoiced, credited, collected and outstanding, month by month; the rows are conciliation_movements.
-- Invoices and credit notes stand in the month of issue, money in the month it was received.
-- Grain: one row per month and currency of the period.
--   month: first day of the month
--   currency: ISO code; amounts of this row are in it
--   invoices: invoices (I) in force at the cut
--   invoiced: their total
--   credited: total of the credit notes (E) in force
--   net: invoiced - credited
--   collected: money received by payments, less refunds
--   collected_with_rep: payments that complements in force speak of
--   on_account: that part of invoiced that is PPD, or of which gigstack keeps a balance
--   settled: what credit notes, advances and complements took off it up to the cut
--   outstanding: what is still owed of it
--   difference: on_account - settled - outstanding; not 0 where gigstack's own balance is used and
--       its documents do not explain it
--   unknown: invoices whose balance at the cut cannot be known; not in the four figures before

select
    month,
    currency,
    count(*) filter (where record_type = 'I') as invoices,
    cast(sum(movements.invoiced) as decimal(38, 6)) as invoiced,
    cast(sum(movements.credited) as decimal(38, 6)) as credited,
    cast(sum(movements.invoiced) - sum(movements.credited) as decimal(38, 6)) as net,
    cast(sum(movements.collected) as decimal(38, 6)) as collected,
    cast(sum(movements.collected_with_rep) as decimal(38, 6)) as collected_with_rep,
    cast(sum(movements.on_account) as decimal(38, 6)) as on_account,
    cast(sum(movements.settled) as decimal(38, 6)) as settled,
    cast(coalesce(sum(movements.outstanding), 0) as decimal(38, 6)) as outstanding,
    cast(
        sum(movements.on_account)
        - sum(movements.settled)
        - coalesce(sum(movements.outstanding), 0)
        as decimal(38, 6)
    ) as difference,
    count(*) filter (where movements.is_unknown) as unknown

from conciliation_movements as movements

group by
    month,
    currency
