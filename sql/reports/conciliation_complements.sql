-- Payments on account and their complements (REP): checks C12, C13, C14 and C15.
-- C12: received for a PPD, and neither does a complement name the payment nor does one pay the same
-- invoice the same amount within 5 days. C13: stamped after the 5th of the next month. C14: no payment
-- of gigstack's is named by it, or has its amount within 5 days. C15: it pays a PUE, whose IVA then
-- counts twice. Source: RMF 2.7.1.32 and 2.7.1.39.
-- Grain: one row per payment (C12), payment within a complement (C13, C14), or invoice within it (C15).
--   team_id: the company
--   code: C12, C13, C14 or C15
--   state: found; pending: a C12 before the deadline; undecided: only the XML tells
--   dated_on: local day of the payment
--   currency: ISO code; XXX where there is no amount
--   amount: the payment; of C15 what is paid of the invoice; NULL where only the XML tells
--   record_type: payment or P
--   invoice_id: gigstack's id of the invoice (C12, C15)
--   payment_id: gigstack's id of the payment (C12)
--   uuid_fiscal: folio fiscal of the invoice (C12, C15) or of the complement
--   related_id: gigstack's id of the complement
--   client_name: the client
--   due_on: the 5th of the month after the payment (C12, C13)
--   note: what is wrong, in words

with

candidates as (

    select
        likely,
        unnest(likely) as payment

    from derived.odd_parts

),

explained as (

    -- payments likely enough to be the one a complement does not name
    select candidates.likely

    from candidates

    cross join cut

    where
        candidates.payment.paid_on <= cut.as_of
        and candidates.payment.off_by <= cut.tolerance

),

paid_on_account as (

    select
        uncovered.*,
        cut.as_of,
        cut.tolerance

    from derived.uncovered as uncovered

    cross join cut

    where
        uncovered.since_on <= cut.as_of
        and coalesce(uncovered.until_on > cut.as_of, true)
        and (cut.team_id is null or uncovered.team_id = cut.team_id)
        and uncovered.amount > cut.tolerance

),

said as (

    select
        parts.invoice_key,
        parts.payment_no,
        parts.paid_on,
        parts.paid,
        parts.payment_amount

    from derived.complement_rows as parts

    cross join cut

    where
        parts.invoice_key in (select paid_on_account.invoice_key from paid_on_account)
        and parts.stamped_on <= cut.as_of
        and coalesce(parts.ended_on > cut.as_of, parts.is_live)

),

without_complement as (

    select
        paid_on_account.team_id,
        paid_on_account.payment_id,
        min(paid_on_account.as_of) as as_of,
        min(paid_on_account.paid_on) as paid_on,
        min(paid_on_account.currency) as currency,
        min(paid_on_account.amount) as amount,
        min(paid_on_account.client_name) as client_name,
        min(paid_on_account.invoice_id) as invoice_id,
        min_by(paid_on_account.uuid_fiscal, paid_on_account.invoice_id) as uuid_fiscal,
        count(distinct paid_on_account.invoice_id) as invoices_paid,
        -- a complement whose payments only the XML tells
        count(*) filter (
            where said.invoice_key is not null and said.payment_no is null
        ) > 0 as may_be_covered

    from paid_on_account

    left join said on paid_on_account.invoice_key = said.invoice_key

    group by
        paid_on_account.team_id,
        paid_on_account.payment_id

    having
        count(*) filter (
            where
                said.payment_no is not null
                and abs(said.paid_on - paid_on_account.paid_on) <= 5
                and (
                    abs(said.paid - paid_on_account.amount) <= paid_on_account.tolerance
                    or abs(said.payment_amount - paid_on_account.amount) <= paid_on_account.tolerance
                )
        ) = 0

)

select
    team_id,
    'C12' as code,
    case
        when may_be_covered then 'undecided'
        when as_of > rep_deadline(paid_on) then 'found'
        else 'pending'
    end as state,
    paid_on as dated_on,
    currency,
    amount,
    'payment' as record_type,
    invoice_id,
    payment_id,
    uuid_fiscal,
    cast(null as varchar) as related_id,
    client_name,
    rep_deadline(paid_on) as due_on,
    case when invoices_paid > 1 then 'pays ' || invoices_paid || ' invoices, ' else '' end
    || case
        when as_of > rep_deadline(paid_on)
            then 'overdue by ' || (as_of - rep_deadline(paid_on)) || ' days'
        else (rep_deadline(paid_on) - as_of) || ' days left'
    end as note

from without_complement

union all

select
    odd.team_id,
    odd.code,
    odd.state,
    odd.dated_on,
    odd.currency,
    odd.amount,
    'P' as record_type,
    odd.invoice_id,
    null as payment_id,
    odd.complement_uuid as uuid_fiscal,
    odd.complement_id as related_id,
    odd.client_name,
    odd.due_on,
    odd.note

from derived.odd_parts as odd

cross join cut

where
    odd.since_on <= cut.as_of
    and odd.until_on > cut.as_of
    and (cut.team_id is null or odd.team_id = cut.team_id)
    and coalesce(odd.likely not in (select explained.likely from explained), true)
