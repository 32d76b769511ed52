-- Payments on account, beside each invoice they pay, while no complement names them: of `redone_money`.
-- A pair counts from since_on until the day before until_on. A complement in force that pays the same
-- amount of one of these invoices within 5 days ends it; what is less plain is left to the view.

with

received as (

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

named as (

    select
        links.payment_key,
        max(case
            when stamped.status = 'valid' then date '9999-12-31'
            else stamped.cancelled_on
        end) as named_until

    from derived.mentions as links

    inner join mirror.invoices_payment as stamped on links.record_key = stamped.key

    where
        links.payment_key in (select received.payment_key from received)
        and links.list = 'P'
        and not links.is_said_by_payment
        and stamped.deleted_at is null

    group by links.payment_key

),

pairs as (

    select
        received.payment_key,
        held.key as invoice_key,
        received.team_id,
        received.id as payment_id,
        received.currency,
        received.amount,
        received.paid_on,
        received.client_name,
        held.id as invoice_id,
        held.uuid_fiscal,
        held.issued_on,
        greatest(received.paid_on, named.named_until, held.issued_on) as since_on,
        case when held.status <> 'valid' then held.cancelled_on end as until_on

    from received

    left join named on received.payment_key = named.payment_key

    inner join derived.payment_links as links on received.payment_key = links.payment_key

    inner join mirror.invoices_income as held
        on
            links.invoice_key = held.key
            and received.team_id = held.team_id

    where
        coalesce(named.named_until < date '9999-12-31', true)
        and held.payment_method = 'PPD'
        and held.deleted_at is null
        and held.issued_on is not null
        and (held.status = 'valid' or held.cancelled_on is not null)
        -- a payment that names no invoice is looked up in those that name it
        and (
            entries(received.invoice_ids) = 0
            or list_contains(received.invoice_ids, held.id)
            or list_contains(received.invoice_ids, held.uuid_fiscal)
        )

),

covered as (

    select
        pairs.payment_key,
        min(greatest(parts.stamped_on, pairs.issued_on)) as covered_on

    from pairs

    inner join derived.complement_rows as parts on pairs.invoice_key = parts.invoice_key

    where
        pairs.until_on is null
        and parts.is_live
        and parts.ended_on is null
        and parts.payment_no is not null
        and abs(parts.paid_on - pairs.paid_on) <= 5
        and (parts.paid = pairs.amount or parts.payment_amount = pairs.amount)

    group by pairs.payment_key

)

select
    pairs.payment_key,
    pairs.invoice_key,
    pairs.team_id,
    pairs.payment_id,
    pairs.currency,
    cast(pairs.amount as decimal(18, 6)) as amount,
    pairs.paid_on,
    pairs.client_name,
    pairs.invoice_id,
    pairs.uuid_fiscal,
    pairs.since_on,
    least(pairs.until_on, covered.covered_on) as until_on

from pairs

left join covered on pairs.payment_key = covered.payment_key

where
    pairs.since_on is not null
    and coalesce(pairs.since_on < least(pairs.until_on, covered.covered_on), true)
