-- Payments on account, beside each invoice they pay, while no complement names them: of `redone_money`.
-- A pair counts from since_on until the day before until_on. A complement in force that pays the same
-- amount of one of these invoices within 5 days ends it; what is less plain is left to the view.

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

naming as materialized (

    select payment_key, record_key

    from derived.mentions

    where
        payment_key in (select redone_money.key from redone_money)
        and list = 'P'
        and not is_said_by_payment

),

named as (

    select
        naming.payment_key,
        max(case
            when stamped.status = 'valid' then date '9999-12-31'
            else stamped.cancelled_on
        end) as named_until

    from naming

    inner join (
        select key, status, cancelled_on
        from mirror.invoices_payment
        where
            key in (select naming.record_key from naming)
            and deleted_at is null
    ) as stamped
        on naming.record_key = stamped.key

    group by naming.payment_key

),

unnamed as materialized (

    select
        received.*,
        named.named_until

    from received

    left join named on received.payment_key = named.payment_key

    where coalesce(named.named_until < date '9999-12-31', true)

),

links as materialized (

    select payment_key, invoice_key

    from derived.payment_links

    where
        payment_key in (select unnamed.payment_key from unnamed)
        and invoice_key is not null

),

on_account as materialized (

    select key, id, uuid_fiscal, issued_on, status, cancelled_on

    from mirror.invoices_income

    where
        key in (select paid_invoices.key from paid_invoices)
        and payment_method = 'PPD'
        and deleted_at is null
        and issued_on is not null
        and (status = 'valid' or cancelled_on is not null)

),

pairs as materialized (

    select
        unnamed.payment_key,
        held.key as invoice_key,
        unnamed.team_id,
        unnamed.id as payment_id,
        unnamed.currency,
        unnamed.amount,
        unnamed.paid_on,
        unnamed.client_name,
        held.id as invoice_id,
        held.uuid_fiscal,
        held.issued_on,
        greatest(unnamed.paid_on, unnamed.named_until, held.issued_on) as since_on,
        case when held.status <> 'valid' then held.cancelled_on end as until_on

    from unnamed

    inner join links on unnamed.payment_key = links.payment_key

    inner join on_account as held on links.invoice_key = held.key

    -- a payment that names no invoice is looked up in those that name it
    where
        entries(unnamed.invoice_ids) = 0
        or list_contains(unnamed.invoice_ids, held.id)
        or list_contains(unnamed.invoice_ids, held.uuid_fiscal)

),

covered as (

    select
        pairs.payment_key,
        min(greatest(parts.stamped_on, pairs.issued_on)) as covered_on

    from pairs

    inner join (
        select invoice_key, stamped_on, paid_on, paid, payment_amount
        from derived.complement_rows
        where
            invoice_key in (select pairs.invoice_key from pairs)
            and is_live
            and ended_on is null
            and payment_no is not null
    ) as parts
        on pairs.invoice_key = parts.invoice_key

    where
        pairs.until_on is null
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
