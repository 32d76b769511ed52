-- A folio fiscal belongs to one invoice in force.
-- Hashes are counted first: the text of millions would fill the memory.
with

in_force as not materialized (

    select team_id, uuid_fiscal, id
    from invoices
    where uuid_fiscal is not null and is_live

)

select team_id, uuid_fiscal, count(*) as copies, min(id) as first_id, max(id) as last_id

from in_force

where hash(uuid_fiscal) in (
    select hash(uuid_fiscal) from in_force group by hash(uuid_fiscal) having count(*) > 1
)

group by team_id, uuid_fiscal

having count(*) > 1
