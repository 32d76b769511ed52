-- Receipts waiting to be invoiced, with what is expected to end in a global invoice.
-- A client may still ask for an invoice of its own until the receipt's period ends; how many do is
-- learned from the receipts of the year before the cut whose period has ended.
-- Of a past cut, receipts cancelled since are left out: nobody tells when.
-- Grain: one row per receipt pending at the cut.
-- Source: RMF 2.7.1.21; periods by c_Periodicidad.
--   team_id: the company
--   receipt_id: gigstack's id of the receipt
--   currency: ISO code; total is in it
--   created_on: local day it was made, which decides its period
--   periodicity: day, week, two_weeks, month or two_months
--   period_end: last day of that period
--   is_late: the period ended before the cut and no invoice has it
--   total: what was paid
--   cases: receipts of the past that still waited at that age
--   self_invoiced: chance that its client asks for an invoice before the period ends; NULL where
--     fewer than five receipts tell
--   expected_global: total × (1 - self_invoiced), cents; the whole total where nothing tells

with

invoiced as (

    select
        receipt_invoices.team_id,
        receipt_invoices.receipt_id,
        min(invoices.issued_on) as invoiced_on,
        min(invoices.issued_on) filter (where not invoices.is_global) as asked_on

    from receipt_invoices

    inner join invoices
        on
            receipt_invoices.team_id = invoices.team_id
            and receipt_invoices.invoice_id = invoices.id

    group by
        receipt_invoices.team_id,
        receipt_invoices.receipt_id

),

every_receipt as (

    select
        receipts.team_id,
        receipts.id,
        receipts.status,
        receipts.currency,
        receipts.created_on,
        receipts.expires_on,
        receipts.periodicity,
        receipts.total,
        cut.as_of,
        case receipts.periodicity
            when 'day' then receipts.created_on
            when 'week' then calendar.week_start + 6
            when 'two_weeks'
                then case
                    when day(receipts.created_on) <= 15 then calendar.month_start + 14
                    else calendar.month_end
                end
            when 'two_months'
                then case
                    when calendar.month % 2 = 0 then calendar.month_end
                    else last_day(calendar.month_end + 1)
                end
            else calendar.month_end
        end as period_end

    from receipts

    inner join calendar
        on receipts.created_on = calendar.day

    cross join cut

    where
        receipts.deleted_at is null
        and receipts.status in ('pending', 'invoiced', 'expired')
        and receipts.created_on <= cut.as_of
        and receipts.created_on > cut.as_of - 365
        and (cut.team_id is null or receipts.team_id = cut.team_id)

),

dated as (

    select
        every_receipt.*,
        invoiced.invoiced_on,
        case
            when invoiced.asked_on <= every_receipt.as_of
                then greatest(invoiced.asked_on - every_receipt.created_on, 0)
        end as delay,
        (every_receipt.status = 'pending' or invoiced.invoiced_on > every_receipt.as_of)
        and coalesce(every_receipt.expires_on >= every_receipt.as_of, true) as is_pending

    from every_receipt

    left join invoiced
        on
            every_receipt.team_id = invoiced.team_id
            and every_receipt.id = invoiced.receipt_id

),

fates as (

    select
        team_id,
        coalesce(least(delay, 91), 92) as delay,
        count(*) as receipts

    from dated

    where period_end < as_of

    group by
        team_id,
        coalesce(least(delay, 91), 92)

),

waiting as (

    select
        *,
        least(as_of - created_on, 60) as age,
        least(greatest(period_end - as_of, 0), 61) as days_left

    from dated

    where is_pending

),

slots as (

    select distinct
        team_id,
        age,
        days_left

    from waiting

),

known as (

    select
        slots.team_id,
        slots.age,
        slots.days_left,
        sum(fates.receipts) as whole,
        coalesce(sum(fates.receipts) filter (where fates.delay >= slots.age), 0) as cases,
        coalesce(
            sum(fates.receipts) filter (
                where
                fates.delay >= slots.age
                and fates.delay < least(slots.age + slots.days_left, 92)
            ),
            0
        ) as asked_later

    from slots

    inner join fates
        on slots.team_id = fates.team_id

    group by
        slots.team_id,
        slots.age,
        slots.days_left

),

chances as (

    select
        waiting.*,
        coalesce(known.cases, 0) as cases,
        case
            when known.whole >= 5 then known.asked_later / nullif(known.cases, 0)
        end as self_invoiced

    from waiting

    left join known
        on
            waiting.team_id = known.team_id
            and waiting.age = known.age
            and waiting.days_left = known.days_left

)

select
    team_id,
    id as receipt_id,
    currency,
    created_on,
    periodicity,
    period_end,
    period_end < as_of as is_late,
    total,
    cast(cases as bigint) as cases,
    self_invoiced,
    cast(
        cast(total as double) * (1 - coalesce(self_invoiced, 0)) as decimal(18, 2)
    ) as expected_global

from chances
