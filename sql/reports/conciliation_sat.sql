-- Where gigstack and SAT's records disagree: checks C01 to C06, C20 and C22.
-- Source: CFF 29-A, RMF 2.7.1.34 (three working days to answer a cancellation), LIVA 5-D (return).
-- Grain: one row per check and CFDI.
--   team_id: the company
--   code: the check
--   state: found; pending: still in time, or too recent to tell; undecided: not covered
--   dated_on: day of issue; its month is the one affected
--   currency: ISO code; XXX for a complement, whose total is 0
--   amount: total of the CFDI; of C05 how far the totals are apart
--   record_type: I, E, P or T
--   invoice_id: gigstack's id of the invoice
--   payment_id: always NULL here
--   uuid_fiscal: folio fiscal
--   related_id: gigstack's id of SAT's record
--   client_name: who received it; of C20 who issued it
--   due_on: last day of a pending matter
--   note: what is different, in words

with

suspects as (

    select
        *,
        invoice_id is not null and sat_id is not null as is_pair,
        coalesce(
            is_currency_different
            or is_rate_different
            or is_type_different
            or is_issuer_different
            or is_receiver_different
            or is_date_different,
            false
        ) as is_different,
        coalesce(cancelled_on > last_day(dated_on), false) as is_cancelled_later

    from conciliation_unlike_pairs

    where
        gigstack_status is distinct from sat_status
        or is_total_different
        or is_currency_different
        or is_rate_different
        or is_type_different
        or is_issuer_different
        or is_receiver_different
        or is_date_different
        or cancelled_on > last_day(dated_on)

),

found as (

    select
        *,
        'C01' as code,
        case gigstack_status
            when 'absent' then 'found' when 'too recent' then 'pending' else 'undecided'
        end as state,
        amount as amount_at_stake,
        cast(null as date) as due_on,
        case gigstack_status
            when 'absent' then sat_status || ' at SAT, stamped elsewhere'
            when 'too recent' then 'stamped after gigstack was looked at'
            else 'from before gigstack was in use, or not yet mirrored'
        end as note

    from suspects

    where invoice_id is null

    union all

    select
        *,
        'C02' as code,
        case sat_status
            when 'absent' then 'found' when 'too recent' then 'pending' else 'undecided'
        end as state,
        amount as amount_at_stake,
        null as due_on,
        case sat_status
            when 'absent' then gigstack_status || ' in gigstack'
            when 'too recent' then 'too recent: SAT''s records may lag'
            else 'outside the days that SAT''s records cover'
        end as note

    from suspects

    where sat_id is null

    union all

    select
        *,
        'C03' as code,
        'found' as state,
        amount as amount_at_stake,
        null as due_on,
        'cancelled at SAT on ' || coalesce(cast(cancelled_on as varchar), 'an unknown day') as note

    from suspects

    where
        sat_status = 'cancelled'
        and gigstack_status in ('valid', 'in cancellation', 'pending')

    union all

    select
        *,
        'C04' as code,
        case
            when
                weekdays_until(sat_seen_on)
                - weekdays_until(coalesce(cancellation_requested_on, cancelled_on)) >= 3
                and coalesce(cancelled_on + 3 <= sat_seen_on, true)
                then 'found'
            when coalesce(cancellation_requested_on, cancelled_on) is null then 'found'
            else 'pending'
        end as state,
        amount as amount_at_stake,
        null as due_on,
        'cancellation asked for on '
        || coalesce(
            cast(coalesce(cancellation_requested_on, cancelled_on) as varchar), 'an unknown day'
        ) as note

    from suspects

    where
        gigstack_status = 'cancelled'
        and sat_status = 'valid'

    union all

    select
        *,
        'C05' as code,
        'found' as state,
        abs(gigstack_total - sat_total) as amount_at_stake,
        null as due_on,
        'gigstack ' || cast(gigstack_total as decimal(18, 2))
        || ', SAT ' || cast(sat_total as decimal(18, 2)) as note

    from suspects

    where is_total_different

    union all

    select
        *,
        'C06' as code,
        'found' as state,
        amount as amount_at_stake,
        null as due_on,
        'different ' || concat_ws(
            ', ',
            case when is_currency_different then 'currency' end,
            case when is_rate_different then 'exchange rate' end,
            case when is_type_different then 'type' end,
            case when is_issuer_different then 'RFC of the issuer' end,
            case when is_receiver_different then 'RFC of the receiver' end,
            case when is_date_different then 'day of issue' end
        ) as note

    from suspects

    where is_different

    union all

    select
        *,
        'C22' as code,
        'found' as state,
        amount as amount_at_stake,
        null as due_on,
        'cancelled on ' || cancelled_on || case
            when cancelled_on > declared_by(dated_on) then ', after the month''s return'
            else ', before the month''s return'
        end as note

    from suspects

    where is_cancelled_later

)

select
    team_id,
    code,
    state,
    dated_on,
    currency,
    cast(amount_at_stake as decimal(18, 6)) as amount,
    invoice_type as record_type,
    invoice_id,
    cast(null as varchar) as payment_id,
    uuid_fiscal,
    sat_id as related_id,
    client_name,
    due_on,
    note

from found

union all

select
    sat_cfdis.team_id,
    'C20' as code,
    'found' as state,
    sat_cfdis.issued_on as dated_on,
    sat_cfdis.currency,
    sat_cfdis.total as amount,
    sat_cfdis.invoice_type as record_type,
    null as invoice_id,
    null as payment_id,
    sat_cfdis.uuid_fiscal,
    sat_cfdis.id as related_id,
    sat_cfdis.issuer_name as client_name,
    null as due_on,
    'cancelled on ' || sat_cfdis.cancelled_on || '; the month was to be declared by '
    || declared_by(sat_cfdis.issued_on) as note

from sat_cfdis

cross join cut

where
    sat_cfdis.deleted_at is null
    and sat_cfdis.direction = 'received'
    and sat_cfdis.status = 'cancelled'
    and sat_cfdis.cancelled_on > declared_by(sat_cfdis.issued_on)
    and sat_cfdis.cancelled_on <= cut.as_of
    and (cut.team_id is null or sat_cfdis.team_id = cut.team_id)
