-- Money received for which no invoice is in force from some day on (since_on): of `redone_money`.
-- A reference falls with the record of that name which fell first; the payment is without invoice
-- from the day the last of its references falls. One to a record nobody holds never does.

with

received as materialized (

    select
        paid.key as payment_key,
        paid.team_id,
        paid.id,
        paid.currency,
        paid.effective_total - coalesce(paid.total_refunded, 0) as amount,
        coalesce(paid.succeeded_on, paid.created_on) as paid_on,
        coalesce(nullif(paid.client_legal_name, ''), paid.client_name) as client_name,
        paid.invoice_ids

    from mirror.payments as paid

    where
        paid.key in (select redone_money.key from redone_money)
        and paid.deleted_at is null
        and paid.status = 'succeeded'

),

links as materialized (

    select payment_key, invoice_key

    from derived.payment_links

    where
        payment_key in (select redone_money.key from redone_money)
        and invoice_key is not null

),

mentions as materialized (

    select list, is_said_by_payment, record_key, payment_key

    from derived.mentions

    where
        payment_key in (select redone_money.key from redone_money)
        and record_key is not null

),

fallen as (

    select team_id, reference, min(fell_on) as fell_on
    from (
        select
            team_id,
            unnest([id, uuid_fiscal]) as reference,
            case
                when deleted_at is null then coalesce(cancelled_on, date '0001-01-01')
                else date '0001-01-01'
            end as fell_on
        from (
            select team_id, id, uuid_fiscal, status, cancelled_on, deleted_at
            from mirror.invoices_income
            union all
            select team_id, id, uuid_fiscal, status, cancelled_on, deleted_at
            from mirror.invoices_payment
        ) as held
        where status = 'cancelled' or deleted_at is not null
    ) as named
    where reference is not null
    group by team_id, reference

),

named as (

    select payment_key, team_id, unnest(invoice_ids) as reference
    from received

    union

    select received.payment_key, received.team_id, held.id as reference
    from received
    inner join links on received.payment_key = links.payment_key
    inner join (
        select key, id, payment_ids
        from mirror.invoices_income
        where
            key in (select paid_invoices.key from paid_invoices)
            and deleted_at is null
    ) as held
        on links.invoice_key = held.key
    where list_contains(held.payment_ids, received.id)

    union

    select received.payment_key, received.team_id, held.id as reference
    from received
    inner join mentions on received.payment_key = mentions.payment_key
    inner join (
        select key, id
        from mirror.invoices_payment
        where
            key in (select mentions.record_key from mentions where mentions.list = 'P')
            and deleted_at is null
    ) as held
        on mentions.record_key = held.key
    where
        mentions.list = 'P'
        and not mentions.is_said_by_payment

),

invoiced as (

    select
        named.payment_key,
        max(coalesce(fallen.fell_on, date '9999-12-31')) as stands_until,
        min(named.reference) as invoice_id

    from named

    left join fallen
        on
            named.team_id = fallen.team_id
            and named.reference = fallen.reference

    group by named.payment_key

),

in_receipts as (

    select
        mentions.payment_key,
        min(held.id) as receipt_id,
        bool_or(held.status = 'invoiced') as is_invoiced,
        max(held.expires_on) filter (where held.status = 'pending') as open_until

    from mentions

    inner join (
        select key, id, status, expires_on
        from mirror.receipts
        where
            key in (select mentions.record_key from mentions where mentions.list = 'R')
            and deleted_at is null
    ) as held
        on mentions.record_key = held.key

    where mentions.list = 'R'

    group by mentions.payment_key

)

select
    received.payment_key,
    received.team_id,
    received.id as payment_id,
    received.currency,
    cast(received.amount as decimal(18, 6)) as amount,
    received.paid_on,
    greatest(received.paid_on, invoiced.stands_until) as since_on,
    received.client_name,
    invoiced.invoice_id,
    in_receipts.receipt_id,
    greatest(
        last_day(received.paid_on), coalesce(in_receipts.open_until, received.paid_on)
    ) as due_on

from received

left join invoiced on received.payment_key = invoiced.payment_key

left join in_receipts on received.payment_key = in_receipts.payment_key

where
    coalesce(invoiced.stands_until < date '9999-12-31', true)
    and not coalesce(in_receipts.is_invoiced, false)
