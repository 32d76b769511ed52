-- Payments that may be another one's double at some cut: same client, currency and amount as the one
-- before or after them, at most 24 hours apart. Only `alike_payments`, with a changed one's amount.

with

received as (

    select
        paid.key as payment_key,
        paid.team_id,
        paid.id,
        coalesce(nullif(paid.client_legal_name, ''), paid.client_name) as client_name,
        paid.currency,
        paid.effective_total as total,
        coalesce(paid.succeeded_at, paid.created_at) as paid_at,
        coalesce(paid.succeeded_on, paid.created_on) as paid_on,
        client_key(
            paid.client_tax_id,
            paid.client_id,
            coalesce(nullif(paid.client_legal_name, ''), paid.client_name),
            paid.id
        ) as client

    from mirror.payments as paid

    where
        paid.deleted_at is null
        and paid.status = 'succeeded'
        and paid.effective_total > 0
        and paid.key in (select alike_payments.key from alike_payments)

),

repeated_keys as (

    select hash(team_id, client, currency, total) as double_key
    from received
    group by double_key
    having count(*) > 1

)

select *

from received

where
    hash(team_id, client, currency, total) in (
        select repeated_keys.double_key from repeated_keys
    )

window same_money as (
    partition by team_id, client, currency, total
    order by paid_at, id
)

qualify
    paid_at <= lag(paid_at) over same_money + interval 24 hour
    or lead(paid_at) over same_money <= paid_at + interval 24 hour
