-- Folios fiscales of `touched_folios` that gigstack and SAT may not have alike at some cut: all but
-- those each has once, in force, with the same figures. A number stands for company and folio.

with

cfdis as (

    select
        hash(ours.team_id, ours.uuid_fiscal) as folio,
        ours.uuid_fiscal,
        'gigstack' as side,
        coalesce(
            ours.status = 'valid'
            and ours.cancelled_on is null
            and coalesce(
                lower(ours.cancellation_status) not in ('pending', 'requested', 'in_process'), true
            ),
            false
        ) as is_plain,
        coalesce(ours.invoice_type, ours.list) as invoice_type,
        ours.issued_on,
        ours.currency,
        ours.exchange_rate,
        ours.total,
        case when ours.issuer_tax_id is not null then hash(ours.issuer_tax_id) end as issuer,
        case when ours.client_tax_id is not null then hash(ours.client_tax_id) end as receiver

    from (
        select *, 'I' as list from mirror.invoices_income
        union all by name
        select *, 'E' as list from mirror.invoices_egress
        union all by name
        select *, 'P' as list from mirror.invoices_payment
        union all by name
        select *, 'T' as list from mirror.invoices_transfer
    ) as ours

    where
        ours.deleted_at is null
        and ours.uuid_fiscal in (select touched_folios.key from touched_folios)

    union all

    select
        hash(theirs.team_id, theirs.uuid_fiscal) as folio,
        theirs.uuid_fiscal,
        case
            when theirs.direction = 'issued' and coalesce(theirs.invoice_type, '') <> 'N' then 'sat'
            else 'other'
        end as side,
        coalesce(theirs.status = 'valid' and theirs.cancelled_on is null, false) as is_plain,
        theirs.invoice_type,
        theirs.issued_on,
        theirs.currency,
        theirs.exchange_rate,
        theirs.total,
        case when theirs.issuer_tax_id is not null then hash(theirs.issuer_tax_id) end as issuer,
        case when theirs.receiver_tax_id is not null then hash(theirs.receiver_tax_id) end as receiver

    from mirror.invoices_sat as theirs

    where
        theirs.deleted_at is null
        and theirs.uuid_fiscal in (select touched_folios.key from touched_folios)

),

compared as (

    -- a complement has no currency of its own, and pesos have no rate
    select
        folio,
        uuid_fiscal,
        side,
        is_plain,
        issuer,
        receiver,
        hash(
            invoice_type,
            issued_on,
            case when invoice_type <> 'P' then currency end,
            case when invoice_type <> 'P' then total end,
            case when invoice_type <> 'P' and currency <> 'MXN' then exchange_rate end
        ) as figures

    from cfdis

)

select
    folio,
    min(uuid_fiscal) as uuid_fiscal

from compared

group by folio

having
    count(*) filter (where side <> 'gigstack') > 1
    or count(*) filter (where side = 'gigstack') > 1
    or (
        count(*) filter (where side <> 'other') > 0
        and (
            count(*) filter (where side <> 'other') <> 2
            or not bool_and(is_plain)
            or min(figures) <> max(figures)
            or coalesce(min(issuer) <> max(issuer), false)
            or coalesce(min(receiver) <> max(receiver), false)
        )
    )
