-- SAT's records of unlike_folios, in the columns that the conciliation compares: those of
-- `touched_folios`.

select
    hash(theirs.team_id, theirs.uuid_fiscal) as folio,
    theirs.team_id,
    theirs.id,
    theirs.uuid_fiscal,
    theirs.direction,
    theirs.invoice_type,
    theirs.status,
    theirs.cancelled_on,
    theirs.issued_on,
    theirs.stamped_at_local,
    theirs.issuer_tax_id,
    theirs.receiver_tax_id,
    theirs.receiver_name,
    theirs.currency,
    theirs.exchange_rate,
    theirs.total

from mirror.invoices_sat as theirs

where
    theirs.deleted_at is null
    and theirs.uuid_fiscal is not null
    and hash(theirs.team_id, theirs.uuid_fiscal) in (
        select unlike.folio
        from derived.unlike_folios as unlike
        where unlike.uuid_fiscal in (select touched_folios.key from touched_folios)
    )
