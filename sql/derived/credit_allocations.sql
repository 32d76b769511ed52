-- How much each credit note of `redone_notes` takes off which invoice; the view of this name says it
-- in full.

with

notes as (

    select
        *,
        case
            when len(related_documents) > 0 then related_documents
            else [struct_pack(relationship := null::varchar, documents := invoice_ids)]
        end as relations

    from mirror.invoices_egress

    where
        status in ('valid', 'cancelled')
        and key in (select redone_notes.key from redone_notes)

),

relations as (

    select
        team_id,
        id,
        unnest(relations) as relation

    from notes

),

named as (

    select
        team_id,
        id,
        relation.relationship,
        unnest(coalesce(nullif(relation.documents, []), [null])) as reference

    from relations

),

invoices as (

    select team_id, uuid_fiscal as reference, key
    from mirror.invoices_income
    where uuid_fiscal in (select named.reference from named)

    union all

    select team_id, id as reference, key
    from mirror.invoices_income
    where
        id is distinct from uuid_fiscal
        and id in (select named.reference from named)

),

targets as (

    -- a note may name an invoice twice: by id and by folio fiscal, or in two relations
    select
        named.team_id,
        named.id,
        invoices.key as invoice_key,
        min(named.reference) as reference,
        min(named.relationship) as relationship,
        count(*) over (partition by named.team_id, named.id) as target_count

    from named

    left join invoices
        on
            named.team_id = invoices.team_id
            and named.reference = invoices.reference

    group by
        named.team_id,
        named.id,
        invoices.key,
        case when invoices.key is null then named.reference end

),

paid_before as (

    select
        targets.team_id,
        targets.id,
        targets.invoice_key,
        sum(said.paid) as paid

    from targets

    inner join notes
        on
            targets.team_id = notes.team_id
            and targets.id = notes.id

    inner join derived.complement_rows as said
        on
            targets.invoice_key = said.invoice_key
            and notes.issued_on >= said.paid_on

    where
        targets.target_count > 1
        and (said.is_live or said.ended_on > notes.issued_on)

    group by
        targets.team_id,
        targets.id,
        targets.invoice_key

),

owed as (

    select
        notes.*,
        targets.reference,
        targets.relationship,
        targets.target_count,
        invoices.key as invoice_key,
        invoices.id as invoice_id,
        coalesce(invoices.uuid_fiscal, fiscal_uuid(targets.reference)) as invoice_uuid,
        invoices.currency as invoice_currency,
        invoices.exchange_rate as invoice_rate,
        case
            when invoices.id is null or invoices.cancelled_on <= notes.issued_on then 0
            when targets.target_count = 1 then 1
            else greatest(0, invoices.total - coalesce(paid_before.paid, 0))
        end as owed,
        case
            when invoices.id is null then 0
            when invoices.cancelled_on <= notes.issued_on then 0.000001
            else greatest(0.000001, invoices.total)
        end as billed

    from notes

    inner join targets
        on
            notes.team_id = targets.team_id
            and notes.id = targets.id

    left join mirror.invoices_income as invoices
        on targets.invoice_key = invoices.key

    left join paid_before
        on
            targets.team_id = paid_before.team_id
            and targets.id = paid_before.id
            and targets.invoice_key = paid_before.invoice_key

),

weighed as (

    -- notes on what is paid already go by what was billed
    select
        *,
        case
            when sum(owed) over (partition by team_id, id) > 0 then owed
            else billed
        end as weight,
        case
            when count(invoice_id) over (partition by team_id, id) = target_count then total
            else least(total, sum(owed) over (partition by team_id, id))
        end as shared

    from owed

),

running as (

    select
        *,
        sum(weight) over (partition by team_id, id) as weights,
        sum(weight) over (
            partition by team_id, id
            order by reference, invoice_id
            rows between unbounded preceding and current row
        ) as weight_until,
        count(*) filter (where invoice_id is null) over (
            partition by team_id, id
            order by reference, invoice_id
            rows between unbounded preceding and current row
        ) as missing_until

    from weighed

),

shares as (

    select
        *,
        case
            when target_count = 1 then total
            when invoice_id is null
                then case when missing_until = 1 then total - shared else 0 end
            else share_until(shared, weight_until, weights)
                - share_until(shared, weight_until - weight, weights)
        end as amount

    from running

)

select
    shares.team_id,
    shares.key as credit_key,
    shares.id as credit_id,
    shares.uuid_fiscal as credit_uuid,
    relationship,
    case
        when relationship is null or relationship in ('01', '03') then 'credit_note'
        when relationship = '07' then 'advance'
        else 'other'
    end as credit_kind,
    status = 'valid' and deleted_at is null as is_live,
    issued_on,
    payment_form,
    client_id,
    coalesce(nullif(client_legal_name, ''), client_name) as client_name,
    client_tax_id,
    currency as credit_currency,
    exchange_rate as credit_exchange_rate,
    total as credit_total,
    reference as invoice_reference,
    invoice_key,
    shares.invoice_id,
    invoice_uuid,
    cast(amount as decimal(18, 6)) as amount,
    cast(
        case
            when currency = invoice_currency then amount
            when invoice_id is not null
                then divide(
                    cast(amount as decimal(38, 6)) * rate_of(currency, exchange_rate),
                    rate_of(invoice_currency, invoice_rate)
                )
        end as decimal(18, 6)
    ) as invoice_amount,
    cancelled_on,
    case
        when status = 'valid' and deleted_at is null then null
        when status = 'valid' or cancelled_on is not null
            then least(cancelled_on, central_day(deleted_at)) - 1
        else least(undated.held_until_on, central_day(deleted_at) - 1)
    end as held_until_on,
    least(
        cancelled_on,
        central_day(deleted_at),
        case when status = 'cancelled' then undated.ended_on end
    ) as ended_on

from shares

left join derived.undated_cancellations as undated
    on
        undated.stream = 'invoices_egress'
        and shares.key = undated.key
