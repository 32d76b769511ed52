-- What payment complements of `redone_parts` may be found with: C13 late, or known to the XML alone;
-- C14 without a payment that they name; C15 on a PUE. Each from since_on until the day before until_on.
-- `likely` are payments of nearly the same amount within 5 days, and how far off they are.

with

parts as materialized (

    select
        *,
        case when is_live then coalesce(ended_on, date '9999-12-31') else ended_on end as until_on

    from derived.complement_rows

    where
        complement_key in (select redone_parts.key from redone_parts)
        and stamped_on < case
            when is_live then coalesce(ended_on, date '9999-12-31') else ended_on
        end

),

links as materialized (

    select record_key, payment_key

    from derived.mentions

    where
        list = 'P'
        and not is_said_by_payment
        and record_key in (select redone_parts.key from redone_parts)

),

named as (

    select
        links.record_key as complement_key,
        min(coalesce(paid.succeeded_on, paid.created_on)) as paid_on

    from links

    inner join (
        select key, succeeded_on, created_on
        from mirror.payments
        where
            key in (select links.payment_key from links)
            and deleted_at is null
            and status in ('succeeded', 'refunded')
    ) as paid
        on links.payment_key = paid.key

    group by links.record_key

),

payments_in_parts as (

    select
        parts.complement_key,
        parts.team_id,
        parts.complement_id,
        parts.payment_no,
        min(parts.complement_uuid) as complement_uuid,
        min(parts.stamped_on) as stamped_on,
        min(parts.until_on) as until_on,
        min(parts.paid_on) as paid_on,
        min(parts.payment_currency) as currency,
        min(named.paid_on) as named_on,
        cast(
            coalesce(
                max(parts.payment_amount),
                case
                    when bool_and(parts.invoice_currency = parts.payment_currency)
                        then sum(parts.paid)
                end
            ) as decimal(18, 6)
        ) as amount

    from parts

    left join named on parts.complement_key = named.complement_key

    where parts.payment_no is not null

    group by
        parts.complement_key,
        parts.team_id,
        parts.complement_id,
        parts.payment_no

),

unnamed as materialized (

    select *

    from payments_in_parts

    where coalesce(stamped_on < named_on, true)

),

likely as (

    -- a cent up or down is the same amount
    select
        nearly.complement_key,
        nearly.payment_no,
        list(distinct struct_pack(
            payment_key := paid.key,
            paid_on := coalesce(paid.succeeded_on, paid.created_on),
            off_by := cast(abs(nearly.amount - paid.effective_total) as decimal(18, 6))
        )) as payments

    from (
        select
            complement_key,
            payment_no,
            team_id,
            currency,
            paid_on,
            amount,
            cast(amount as decimal(18, 2)) + unnest([-0.01, 0.00, 0.01]) as cents
        from unnamed
    ) as nearly

    inner join (
        select
            key,
            team_id,
            currency,
            effective_total,
            succeeded_on,
            created_on
        from mirror.payments
        where
            deleted_at is null
            and status in ('succeeded', 'refunded')
            and cast(effective_total as decimal(18, 2)) in (
                select cast(unnamed.amount as decimal(18, 2)) + unnest([-0.01, 0.00, 0.01])
                from unnamed
            )
    ) as paid
        on
            nearly.team_id = paid.team_id
            and nearly.currency = paid.currency
            and nearly.cents = cast(paid.effective_total as decimal(18, 2))

    where
        abs(nearly.paid_on - coalesce(paid.succeeded_on, paid.created_on)) <= 5

    group by
        nearly.complement_key,
        nearly.payment_no

)

select
    'C13' as code,
    'found' as state,
    complement_key,
    team_id,
    complement_id,
    complement_uuid,
    stamped_on as since_on,
    until_on,
    paid_on as dated_on,
    currency,
    amount,
    cast(null as ubigint) as invoice_key,
    cast(null as varchar) as invoice_id,
    cast(null as varchar) as client_name,
    rep_deadline(paid_on) as due_on,
    'stamped on ' || stamped_on || ', ' || (stamped_on - rep_deadline(paid_on)) || ' days late'
        as note,
    cast(
        null as struct(payment_key ubigint, paid_on date, off_by decimal(18, 6))[]
    ) as likely

from payments_in_parts

where stamped_on > rep_deadline(paid_on)

union all

select
    'C14' as code,
    'found' as state,
    unnamed.complement_key,
    unnamed.team_id,
    unnamed.complement_id,
    unnamed.complement_uuid,
    unnamed.stamped_on as since_on,
    least(unnamed.until_on, unnamed.named_on) as until_on,
    unnamed.paid_on as dated_on,
    unnamed.currency,
    unnamed.amount,
    null as invoice_key,
    null as invoice_id,
    null as client_name,
    null as due_on,
    'no payment of this amount within 5 days' as note,
    likely.payments as likely

from unnamed

left join likely
    on
        unnamed.complement_key = likely.complement_key
        and unnamed.payment_no = likely.payment_no

union all

select distinct
    'C13' as code,
    'undecided' as state,
    complement_key,
    team_id,
    complement_id,
    complement_uuid,
    stamped_on as since_on,
    until_on,
    stamped_on as dated_on,
    'XXX' as currency,
    cast(null as decimal(18, 6)) as amount,
    null as invoice_key,
    null as invoice_id,
    null as client_name,
    null as due_on,
    'the day of the payment is only in the XML' as note,
    null as likely

from parts

where payment_no is null

union all

select
    'C15' as code,
    'found' as state,
    parts.complement_key,
    parts.team_id,
    parts.complement_id,
    held.uuid_fiscal as complement_uuid,
    greatest(parts.stamped_on, held.issued_on) as since_on,
    least(parts.until_on, case when held.status <> 'valid' then held.cancelled_on end) as until_on,
    parts.paid_on as dated_on,
    parts.invoice_currency as currency,
    cast(parts.paid as decimal(18, 6)) as amount,
    held.key as invoice_key,
    held.id as invoice_id,
    coalesce(nullif(held.client_legal_name, ''), held.client_name) as client_name,
    null as due_on,
    case
        when parts.payment_no is null then 'how much it pays is only in the XML'
        else 'instalment ' || coalesce(cast(parts.instalment as varchar), '?') || ' of a PUE'
    end as note,
    null as likely

from parts

inner join (
    select key, id, uuid_fiscal, issued_on, status, cancelled_on, client_legal_name, client_name
    from mirror.invoices_income
    where
        key in (select parts.invoice_key from parts)
        and payment_method = 'PUE'
        and deleted_at is null
        and issued_on is not null
        and (status = 'valid' or cancelled_on is not null)
) as held
    on parts.invoice_key = held.key
