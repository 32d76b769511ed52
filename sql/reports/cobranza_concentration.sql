-- How much of what is owed lies with how few clients.
-- Grain: one row per client and currency with an open balance.
--   currency: ISO code; amounts of this row are in it
--   client_key: who owes; see invoice_balances
--   client_name: name on its newest document
--   place: 1 owes most
--   balance: what it owes
--   overdue: the part of it that is due
--   share: its part of all that is owed in the currency, 0 to 1
--   cumulative_share: the part of it and of those that owe more
--   squared_share: share × share; their sum is the Herfindahl index (HHI), 1 for a single debtor

with

clients as (

    select
        currency,
        client_key,
        max_by(client_name, issued_on) as client_name,
        sum(amount) as balance,
        coalesce(sum(amount) filter (where days_overdue > 0), 0) as overdue

    from cobranza_rows

    where kind = 'invoice'

    group by
        currency,
        client_key

),

ranked as (

    select
        *,
        row_number() over (partition by currency order by balance desc, client_key) as place,
        sum(balance) over (partition by currency) as owed,
        sum(balance) over (
            partition by currency
            order by balance desc, client_key
            rows between unbounded preceding and current row
        ) as owed_until

    from clients

)

select
    currency,
    client_key,
    client_name,
    place,
    balance,
    overdue,
    divide(balance, owed) as share,
    divide(owed_until, owed) as cumulative_share,
    cast(
        cast(divide(balance, owed) as decimal(18, 9)) * cast(divide(balance, owed) as decimal(18, 9))
        as decimal(18, 12)
    ) as squared_share

from ranked
