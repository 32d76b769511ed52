-- Payment links nobody has paid yet, each with the chance the company's own links give it.
-- Learned from the payments of the year before the cut that were asked for and not paid at once:
-- how many of those still open at that age were paid later. A payment registered as received is
-- none. Of a past cut, links that failed or were cancelled since are left out: nobody tells when.
-- Grain: one row per payment pending at the cut.
--   team_id: the company
--   payment_id: gigstack's id of the payment
--   client_name: name of the client
--   currency: ISO code; total is in it
--   created_on: local day it was asked for
--   age: days since then
--   total: what is asked for
--   cases: links of the past that were still open at that age
--   paid_7: chance of being paid within 7 days, drawn towards that of all links where cases are few
--   paid_30: chance of being paid within 30 days
--   expected: total × paid_30, cents

with

asked as (

    select
        payments.team_id,
        payments.id,
        payments.client_name,
        payments.currency,
        payments.total,
        payments.created_on,
        cut.as_of,
        case
            when payments.status = 'succeeded' and payments.succeeded_on <= cut.as_of
                then least(payments.succeeded_on - payments.created_on, 91)
        end as delay,
        payments.status = 'pending'
        or (payments.status = 'succeeded' and payments.succeeded_on > cut.as_of) as is_pending

    from payments

    cross join cut

    where
        payments.deleted_at is null
        and payments.status in ('pending', 'succeeded', 'failed', 'cancelled')
        and payments.created_on <= cut.as_of
        and payments.created_on > cut.as_of - 365
        and coalesce(payments.succeeded_at > payments.created_at + interval 1 minute, true)
        and (cut.team_id is null or payments.team_id = cut.team_id)

),

fates as (

    select
        team_id,
        coalesce(delay, 92) as delay,
        count(*) as links

    from asked

    where not is_pending or created_on <= as_of - 30

    group by
        team_id,
        coalesce(delay, 92)

),

ages as (

    select cast(day - date '2000-01-01' as integer) as age
    from calendar
    where day - date '2000-01-01' <= 60

),

known as (

    select
        fates.team_id,
        ages.age,
        sum(fates.links) as whole,
        sum(fates.links) filter (where fates.delay < 92) as whole_paid,
        coalesce(sum(fates.links) filter (where fates.delay >= ages.age), 0) as cases,
        coalesce(
            sum(fates.links) filter (where fates.delay between ages.age and ages.age + 6), 0
        ) as paid_7,
        coalesce(
            sum(fates.links) filter (
                where fates.delay between ages.age and least(ages.age + 29, 91)
            ),
            0
        ) as paid_30

    from fates

    cross join ages

    group by
        fates.team_id,
        ages.age

),

chances as (

    select
        asked.team_id,
        asked.id,
        asked.client_name,
        asked.currency,
        asked.created_on,
        asked.as_of - asked.created_on as age,
        asked.total,
        coalesce(known.cases, 0) as cases,
        case
            when known.whole >= 5
                then (known.paid_7 + coalesce(known.whole_paid, 0) / known.whole) / (known.cases + 2)
        end as paid_7,
        case
            when known.whole >= 5
                then (
                    known.paid_30 + 2 * coalesce(known.whole_paid, 0) / known.whole
                ) / (known.cases + 2)
        end as paid_30

    from asked

    left join known
        on
            asked.team_id = known.team_id
            and known.age = least(asked.as_of - asked.created_on, 60)

    where asked.is_pending

)

select
    team_id,
    id as payment_id,
    client_name,
    currency,
    created_on,
    age,
    total,
    cast(cases as bigint) as cases,
    least(paid_7, paid_30) as paid_7,
    paid_30,
    cast(cast(total as double) * paid_30 as decimal(18, 2)) as expected

from chances
