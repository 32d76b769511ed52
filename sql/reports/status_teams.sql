-- The companies whose records are in this file.
-- Grain: one row per company that a sync has looked at.
--   team_id: gigstack's id of the team

select distinct team_id

from (
    select team_id from invoices
    union all
    select team_id from payments
    union all
    select team_id from receipts
)
