-- How many documents are dated after the cut and therefore in no figure of `gigstack status`.
-- Grain: exactly one row.
--   documents: invoices, payments and receipts

select
    cast(coalesce(sum(found), 0) as bigint) as documents

from (
    select count(*) as found
    from invoices
    cross join cut
    where invoices.issued_on > cut.as_of and invoices.deleted_at is null
    union all
    select count(*) as found
    from payments
    cross join cut
    where payments.created_on > cut.as_of and payments.deleted_at is null
    union all
    select count(*) as found
    from receipts
    cross join cut
    where receipts.created_on > cut.as_of and receipts.deleted_at is null
)
