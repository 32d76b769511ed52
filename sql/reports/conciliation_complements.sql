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

parts as (

    select complement_payments.*

    from derived.complement_rows as complement_payments

    cross join cut

    where
        complement_payments.stamped_on <= cut.as_of
        and coalesce(complement_payments.ended_on > cut.as_of, complement_payments.is_live)
        and (cut.team_id is null or complement_payments.team_id = cut.team_id)

),

named_by_complement as (

    select
        stamped.team_id,
        stamped.id as complement_id,
        unnest(stamped.payment_ids) as payment_id

    from complement_heads as stamped

    cross join cut

    where
        stamped.deleted_at is null
        and (stamped.status = 'valid' or coalesce(stamped.cancelled_on > cut.as_of, false))

),

received as not materialized (

    select
        paid.team_id,
        paid.id,
        paid.status,
        paid.currency,
        paid.total as whole_amount,
        paid.total - coalesce(paid.total_refunded, 0) as amount,
        paid.paid_on,
        paid.client_name,
        paid.invoice_ids

    from payment_heads as paid

    cross join cut

    where
        paid.deleted_at is null
        and paid.status in ('succeeded', 'refunded')
        and paid.paid_on <= cut.as_of
        and (cut.team_id is null or paid.team_id = cut.team_id)

),

standing as not materialized (

    select
        held.team_id,
        held.id,
        held.uuid_fiscal,
        held.client_name,
        held.payment_method,
        held.payment_ids

    from income_heads as held

    cross join cut

    where
        held.deleted_at is null
        and (held.status = 'valid' or coalesce(held.cancelled_on > cut.as_of, false))
        and held.issued_on <= cut.as_of

),

on_account as not materialized (

    select *
    from standing
    where payment_method = 'PPD'

),

at_once as not materialized (

    select *
    from standing
    where payment_method = 'PUE'

),

unmatched as (

    -- one join tells the payments no complement names, and the names that are no payment
    select
        coalesce(received.team_id, named_by_complement.team_id) as team_id,
        received.id,
        received.status,
        received.invoice_ids,
        named_by_complement.complement_id

    from received

    full join named_by_complement
        on
            received.team_id = named_by_complement.team_id
            and received.id = named_by_complement.payment_id

    where
        received.id is null
        or named_by_complement.complement_id is null

),

unnamed as (

    select team_id, id, invoice_ids
    from unmatched
    where status = 'succeeded'

),

unnamed_names as (

    select team_id, id as payment_id, unnest(invoice_ids) as reference
    from unnamed

),

unnamed_links as (

    select unnamed_names.team_id, unnamed_names.payment_id, on_account.id, on_account.uuid_fiscal
    from unnamed_names
    inner join on_account
        on
            unnamed_names.team_id = on_account.team_id
            and unnamed_names.reference = on_account.id

    union

    select unnamed_names.team_id, unnamed_names.payment_id, on_account.id, on_account.uuid_fiscal
    from unnamed_names
    inner join on_account
        on
            unnamed_names.team_id = on_account.team_id
            and unnamed_names.reference = on_account.uuid_fiscal
    where length(unnamed_names.reference) = 36

    union

    -- a payment that names no invoice is looked up in those that name it
    select by_invoice.team_id, by_invoice.payment_id, by_invoice.id, by_invoice.uuid_fiscal
    from (
        select team_id, id, uuid_fiscal, unnest(payment_ids) as payment_id
        from on_account
    ) as by_invoice
    inner join unnamed
        on
            by_invoice.team_id = unnamed.team_id
            and by_invoice.payment_id = unnamed.id
    where entries(unnamed.invoice_ids) = 0

),

uncovered as (

    select received.*
    from received
    where (received.team_id, received.id) in (
        select
            unnamed_links.team_id,
            unnamed_links.payment_id

        from unnamed_links
    )

),

matched as (

    select distinct
        uncovered.team_id,
        uncovered.id as payment_id

    from uncovered

    inner join unnamed_links
        on
            uncovered.team_id = unnamed_links.team_id
            and uncovered.id = unnamed_links.payment_id

    inner join parts
        on
            unnamed_links.team_id = parts.team_id
            and unnamed_links.id = parts.invoice_id

    cross join cut

    where
        parts.payment_no is not null
        and abs(parts.paid_on - uncovered.paid_on) <= 5
        and (
            abs(parts.paid - uncovered.amount) <= cut.tolerance
            or abs(parts.payment_amount - uncovered.amount) <= cut.tolerance
        )

),

untold as (

    -- complements whose payments only the XML tells
    select
        team_id,
        complement_id,
        complement_uuid,
        stamped_on,
        invoice_id

    from parts

    where payment_no is null

),

without_complement as (

    select
        uncovered.team_id,
        uncovered.id,
        min(uncovered.paid_on) as paid_on,
        min(uncovered.currency) as currency,
        min(uncovered.amount) as amount,
        min(uncovered.client_name) as client_name,
        min(unnamed_links.id) as invoice_id,
        min_by(unnamed_links.uuid_fiscal, unnamed_links.id) as uuid_fiscal,
        count(distinct unnamed_links.id) as invoices_paid,
        count(untold.complement_id) > 0 as may_be_covered

    from uncovered

    inner join unnamed_links
        on
            uncovered.team_id = unnamed_links.team_id
            and uncovered.id = unnamed_links.payment_id

    left join untold
        on
            unnamed_links.team_id = untold.team_id
            and unnamed_links.id = untold.invoice_id

    where (uncovered.team_id, uncovered.id) not in (
        select
            matched.team_id,
            matched.payment_id

        from matched
    )

    group by
        uncovered.team_id,
        uncovered.id

),

without_payment as (

    -- complements that name no payment, or none that gigstack received
    select
        stamped.team_id,
        stamped.id as complement_id

    from complement_heads as stamped

    left join (
        select team_id, complement_id, count(*) as names
        from unmatched
        where complement_id is not null
        group by team_id, complement_id
    ) as unknown
        on
            stamped.team_id = unknown.team_id
            and stamped.id = unknown.complement_id

    where entries(stamped.payment_ids) = coalesce(unknown.names, 0)

),

asked_parts as (

    select
        *,
        stamped_on > rep_deadline(paid_on) as is_late,
        (team_id, complement_id) in (
            select without_payment.team_id, without_payment.complement_id from without_payment
        ) as is_without_payment

    from parts

    where payment_no is not null

),

payments_in_parts as (

    select
        team_id,
        complement_id,
        payment_no,
        min(complement_uuid) as complement_uuid,
        min(stamped_on) as stamped_on,
        min(paid_on) as paid_on,
        min(payment_currency) as currency,
        bool_or(is_late) as is_late,
        bool_or(is_without_payment) as is_without_payment,
        coalesce(
            max(payment_amount),
            case
                when bool_and(invoice_currency = payment_currency) then sum(paid)
            end
        ) as amount

    from asked_parts

    where is_late or is_without_payment

    group by
        team_id,
        complement_id,
        payment_no

),

unnamed_parts as (

    select *
    from payments_in_parts
    where is_without_payment

),

likely_payments as (

    -- a cent up or down is the same amount
    select distinct
        nearly.team_id,
        nearly.complement_id,
        nearly.payment_no

    from (
        select *, unnest([-1, 0, 1]) as off_by
        from unnamed_parts
    ) as nearly

    inner join received
        on
            nearly.team_id = received.team_id
            and nearly.currency = received.currency
            and cast(nearly.amount as decimal(18, 2))
            = cast(received.whole_amount as decimal(18, 2)) + nearly.off_by * 0.01

    cross join cut

    where
        abs(nearly.paid_on - received.paid_on) <= 5
        and abs(nearly.amount - received.whole_amount) <= cut.tolerance

)

select
    without_complement.team_id,
    'C12' as code,
    case
        when without_complement.may_be_covered then 'undecided'
        when cut.as_of > rep_deadline(without_complement.paid_on) then 'found'
        else 'pending'
    end as state,
    without_complement.paid_on as dated_on,
    without_complement.currency,
    cast(without_complement.amount as decimal(18, 6)) as amount,
    'payment' as record_type,
    without_complement.invoice_id,
    without_complement.id as payment_id,
    without_complement.uuid_fiscal,
    cast(null as varchar) as related_id,
    without_complement.client_name,
    rep_deadline(without_complement.paid_on) as due_on,
    case
        when without_complement.invoices_paid > 1
            then 'pays ' || without_complement.invoices_paid || ' invoices, '
        else ''
    end
    || case
        when cut.as_of > rep_deadline(without_complement.paid_on)
            then 'overdue by ' || (cut.as_of - rep_deadline(without_complement.paid_on)) || ' days'
        else (rep_deadline(without_complement.paid_on) - cut.as_of) || ' days left'
    end as note

from without_complement

cross join cut

where without_complement.amount > cut.tolerance

union all

select
    team_id,
    'C13' as code,
    'found' as state,
    paid_on as dated_on,
    currency,
    cast(amount as decimal(18, 6)) as amount,
    'P' as record_type,
    null as invoice_id,
    null as payment_id,
    complement_uuid as uuid_fiscal,
    complement_id as related_id,
    null as client_name,
    rep_deadline(paid_on) as due_on,
    'stamped on ' || stamped_on || ', ' || (stamped_on - rep_deadline(paid_on)) || ' days late'
        as note

from payments_in_parts

where is_late

union all

select
    unnamed_parts.team_id,
    'C14' as code,
    'found' as state,
    unnamed_parts.paid_on as dated_on,
    unnamed_parts.currency,
    cast(unnamed_parts.amount as decimal(18, 6)) as amount,
    'P' as record_type,
    null as invoice_id,
    null as payment_id,
    unnamed_parts.complement_uuid as uuid_fiscal,
    unnamed_parts.complement_id as related_id,
    null as client_name,
    null as due_on,
    'no payment of this amount within 5 days' as note

from unnamed_parts

left join likely_payments
    on
        unnamed_parts.team_id = likely_payments.team_id
        and unnamed_parts.complement_id = likely_payments.complement_id
        and unnamed_parts.payment_no = likely_payments.payment_no

where likely_payments.complement_id is null

union all

select distinct
    team_id,
    'C13' as code,
    'undecided' as state,
    stamped_on as dated_on,
    'XXX' as currency,
    cast(null as decimal(18, 6)) as amount,
    'P' as record_type,
    null as invoice_id,
    null as payment_id,
    complement_uuid as uuid_fiscal,
    complement_id as related_id,
    null as client_name,
    null as due_on,
    'the day of the payment is only in the XML' as note

from untold

union all

select
    parts.team_id,
    'C15' as code,
    'found' as state,
    parts.paid_on as dated_on,
    parts.invoice_currency as currency,
    cast(parts.paid as decimal(18, 6)) as amount,
    'P' as record_type,
    at_once.id as invoice_id,
    null as payment_id,
    at_once.uuid_fiscal,
    parts.complement_id as related_id,
    at_once.client_name,
    null as due_on,
    case
        when parts.payment_no is null then 'how much it pays is only in the XML'
        else 'instalment ' || coalesce(cast(parts.instalment as varchar), '?') || ' of a PUE'
    end as note

from parts

inner join at_once
    on
        parts.team_id = at_once.team_id
        and parts.invoice_id = at_once.id
