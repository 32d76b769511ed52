-- PUE invoices of `redone_sales` until the day from which payments linked to them cover the total,
-- with those payments: what the view weighs at a cut. Global ones and those of receipts were paid before.
-- named_total is what all invoices come to that the payment names, when there are several.

with

sold as materialized (

    select
        held.key as invoice_key,
        held.team_id,
        held.id,
        held.uuid_fiscal,
        coalesce(nullif(held.client_legal_name, ''), held.client_name) as client_name,
        held.currency,
        held.total,
        held.issued_on,
        held.status = 'valid' and held.deleted_at is null as is_live,
        least(
            held.cancelled_on, central_day(held.deleted_at), undated.ended_on
        ) as ended_on

    from mirror.invoices_income as held

    left join derived.undated_cancellations as undated
        on
            undated.stream = 'invoices_income'
            and held.key = undated.key

    where
        held.key in (select redone_sales.key from redone_sales)
        and held.payment_method = 'PUE'
        and held.status in ('valid', 'cancelled')
        and coalesce(held.invoice_type, 'I') = 'I'
        and coalesce(held.global_periodicity, held.global_months) is null
        and held.key not in (
            select links.invoice_key
            from derived.mentions as links
            inner join mirror.receipts as receipts on links.record_key = receipts.key
            where
                links.list = 'R'
                and links.invoice_key in (select redone_sales.key from redone_sales)
                and receipts.deleted_at is null
        )

),

links as materialized (

    select payment_key, invoice_key

    from derived.payment_links

    where
        invoice_key in (select sold.invoice_key from sold)
        and payment_key is not null

),

received as materialized (

    select
        links.invoice_key,
        paid.key as payment_key,
        paid.currency,
        paid.effective_total - coalesce(paid.total_refunded, 0) as amount,
        coalesce(paid.succeeded_on, paid.created_on) as paid_on,
        paid.invoice_ids

    from links

    inner join (
        select *
        from mirror.payments
        where
            key in (select links.payment_key from links)
            and deleted_at is null
            and status = 'succeeded'
    ) as paid
        on links.payment_key = paid.key

),

shared as (

    select
        several.payment_key,
        sum(held.total) as named_total

    from (
        select distinct payment_key, invoice_ids
        from received
        where entries(invoice_ids) > 1
    ) as several

    inner join (
        select payment_key, invoice_key
        from derived.payment_links
        where payment_key in (
            select received.payment_key from received where entries(received.invoice_ids) > 1
        )
    ) as named
        on several.payment_key = named.payment_key

    inner join mirror.invoices_income as held on named.invoice_key = held.key

    where
        list_contains(several.invoice_ids, held.id)
        or list_contains(several.invoice_ids, held.uuid_fiscal)

    group by several.payment_key

    having count(*) > 1

),

paid_for as (

    select
        sold.invoice_key,
        sold.total,
        received.paid_on,
        received.currency,
        received.amount,
        shared.named_total,
        case
            when received.currency <> sold.currency then sold.total
            when shared.named_total > 0
                then case when received.amount >= shared.named_total then sold.total else 0 end
            else received.amount
        end as surely_paid

    from sold

    inner join received on sold.invoice_key = received.invoice_key

    left join shared on received.payment_key = shared.payment_key

),

adding_up as (

    select
        *,
        sum(surely_paid) over (
            partition by invoice_key
            order by paid_on, amount
            rows between unbounded preceding and current row
        ) as paid_until,
        min(surely_paid) over (partition by invoice_key) as least_paid

    from paid_for

),

paid as (

    -- a credit note below zero would raise what is to be paid
    select
        invoice_key,
        min(paid_on) filter (
            where
                paid_until >= total
                and least_paid >= 0
                and invoice_key not in (
                    select credits.invoice_key
                    from derived.credit_allocations as credits
                    where
                        credits.invoice_key is not null
                        and credits.invoice_amount < 0
                )
        ) as covered_on,
        list(struct_pack(
            paid_on := paid_on, currency := currency, amount := amount, named_total := named_total
        ) order by paid_on, amount, currency) as payments

    from adding_up

    group by invoice_key

)

select
    sold.*,
    paid.covered_on,
    paid.payments

from sold

left join paid on sold.invoice_key = paid.invoice_key

where coalesce(sold.issued_on < paid.covered_on, true)
