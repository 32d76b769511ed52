-- What is owed on invoices in force that were issued in the period, for `gigstack status`.
-- Grain: one row per currency; the rows of invoice_balances add up to it: PPD, and those without a
--   method of which gigstack knows a balance. Ages are days since issue; overdue is by due date.
--   currency: ISO code; amounts of this row are in it
--   ppd: PPD in force at the cut
--   pending: with a balance above the tolerance
--   pending_total: balance of those
--   pending_total_mxn: in pesos at each invoice's own rate, those without a rate left out
--   without_rate: pending ones whose rate is missing
--   paid: with a balance up to the tolerance
--   partial: pending ones of which a part is paid
--   unknown: whose balance cannot be known at the cut; in no other count
--   current: pending, issued up to 15 days ago
--   current_total: balance of those
--   d30: pending, issued 16 to 30 days ago
--   d30_total: balance of those
--   d60: pending, issued 31 to 60 days ago
--   d60_total: balance of those
--   d90: pending, issued 61 to 90 days ago
--   d90_total: balance of those
--   over90: pending, issued more than 90 days ago, or on an unknown day
--   over90_total: balance of those
--   overdue: pending, past their due date
--   overdue_total: balance of those
--   divergent: whose known balances differ by more than the tolerance

with

rules as (

    select
        as_of,
        from_on,
        least(to_on, as_of) as to_on,
        team_id,
        tolerance

    from cut

),

settled as (

    select
        kept.currency,
        count(*) as documents

    from derived.kept_balances as kept

    inner join rules
        on
            kept.quiet_from <= rules.as_of
            and within_period(kept.issued_on, rules.from_on, rules.to_on)
            and (rules.team_id is null or kept.team_id = rules.team_id)

    where kept.is_on_credit

    group by kept.currency

),

ppd as (

    select
        balances.currency,
        balances.balance,
        balances.balance_mxn,
        coalesce(
            balances.balance > rules.tolerance and balances.balance < balances.total, false
        ) as is_partial,
        coalesce(balances.is_divergent, false) as is_divergent,
        coalesce(balances.balance > rules.tolerance, false) as is_pending,
        coalesce(balances.days_overdue > 0, false) as is_overdue,
        case
            when balances.days_open <= 15 then 0
            when balances.days_open <= 30 then 1
            when balances.days_open <= 60 then 2
            when balances.days_open <= 90 then 3
            else 4
        end as age

    from invoice_balances as balances

    inner join rules on within_period(balances.issued_on, rules.from_on, rules.to_on)

    where
        balances.may_be_open
        and coalesce(balances.payment_method = 'PPD', balances.api_balance is not null)

),

grouped as (

    select
        currency,
        is_pending,
        is_overdue,
        is_divergent,
        is_partial,
        balance is null as is_unknown,
        balance_mxn is null as lacks_rate,
        case when is_pending then age end as age,
        count(*) as documents,
        sum(balance) as amount,
        sum(balance_mxn) as amount_mxn

    from ppd

    group by all

    union all

    select
        currency,
        false as is_pending,
        false as is_overdue,
        false as is_divergent,
        false as is_partial,
        false as is_unknown,
        false as lacks_rate,
        null as age,
        documents,
        null as amount,
        null as amount_mxn

    from settled

)

select
    currency,
    cast(sum(documents) as bigint) as ppd,
    cast(
        coalesce(sum(documents) filter (where is_pending), 0) as bigint
    ) as pending,
    cast(
        coalesce(sum(amount) filter (where is_pending), 0) as decimal(38, 6)
    ) as pending_total,
    cast(
        coalesce(sum(amount_mxn) filter (where is_pending), 0) as decimal(38, 6)
    ) as pending_total_mxn,
    cast(
        coalesce(sum(documents) filter (where is_pending and lacks_rate), 0) as bigint
    ) as without_rate,
    cast(
        coalesce(sum(documents) filter (where not is_unknown and not is_pending), 0) as bigint
    ) as paid,
    cast(
        coalesce(sum(documents) filter (where is_partial), 0) as bigint
    ) as partial,
    cast(
        coalesce(sum(documents) filter (where is_unknown), 0) as bigint
    ) as unknown,
    cast(
        coalesce(sum(documents) filter (where age = 0), 0) as bigint
    ) as current,
    cast(
        coalesce(sum(amount) filter (where age = 0), 0) as decimal(38, 6)
    ) as current_total,
    cast(
        coalesce(sum(documents) filter (where age = 1), 0) as bigint
    ) as d30,
    cast(
        coalesce(sum(amount) filter (where age = 1), 0) as decimal(38, 6)
    ) as d30_total,
    cast(
        coalesce(sum(documents) filter (where age = 2), 0) as bigint
    ) as d60,
    cast(
        coalesce(sum(amount) filter (where age = 2), 0) as decimal(38, 6)
    ) as d60_total,
    cast(
        coalesce(sum(documents) filter (where age = 3), 0) as bigint
    ) as d90,
    cast(
        coalesce(sum(amount) filter (where age = 3), 0) as decimal(38, 6)
    ) as d90_total,
    cast(
        coalesce(sum(documents) filter (where age = 4), 0) as bigint
    ) as over90,
    cast(
        coalesce(sum(amount) filter (where age = 4), 0) as decimal(38, 6)
    ) as over90_total,
    cast(
        coalesce(sum(documents) filter (where is_pending and is_overdue), 0) as bigint
    ) as overdue,
    cast(
        coalesce(sum(amount) filter (where is_pending and is_overdue), 0) as decimal(38, 6)
    ) as overdue_total,
    cast(
        coalesce(sum(documents) filter (where is_divergent), 0) as bigint
    ) as divergent

from grouped

group by currency
