-- What changed in figures already reported: new, gone, of another state, or of another amount.
-- Each change is what one sync saw since the look before; the first load of a list is no change.
-- Grain: one row per observed change of an invoice, a CFDI of SAT's records, or a payment.
-- Source: the month's returns are due on the 17th of the next month (LIVA 5-D, LISR 14).
--   team_id: the company
--   observed_at: when the sync saw it, UTC; keep those from a moment on to ask what is new since
--   run_id: the sync run that saw it
--   source: gigstack, or SAT
--   direction: issued or received; NULL for a payment
--   record_type: I, E, P, T, or payment
--   record_id: gigstack's id of the record
--   uuid_fiscal: folio fiscal
--   client_name: client; the issuer of what was received
--   change: new, gone, returned, status or amount
--   month: first day of the month the record belongs to
--   dated_on: day of issue, or of the payment
--   is_closed: the returns of that month were already due when it was observed
--   currency: ISO code; amounts of this row are in it
--   status_before: status before; NULL for new
--   status_after: status after; NULL for gone
--   total_before: total before
--   total_after: total after
--   effect: change of what counts in its month: the total while in force (or succeeded), else 0

with

observed as (

    select
        changes.team_id,
        changes.stream,
        changes.id,
        changes.key,
        changes.run_id,
        changes.observed_at,
        changes.change,
        legible(changes.payload_before) as payload_before

    from history.changes as changes

    cross join cut

    where
        changes.stream in (
            'invoices_income', 'invoices_egress', 'invoices_payment', 'invoices_sat', 'payments'
        )
        and changes.change <> 'inserted'
        and central_day(changes.observed_at) <= cut.as_of
        and (cut.team_id is null or changes.team_id = cut.team_id)

),

followed as (

    select
        *,
        first_value(payload_before ignore nulls) over (
            partition by stream, key
            order by run_id, observed_at
            rows between 1 following and unbounded following
        ) as payload_after

    from observed

),

first_runs as (

    select
        team_id,
        stream,
        min(run_id) as run_id

    from history.changes

    group by
        team_id,
        stream

),

arrived as (

    select
        changes.team_id,
        changes.stream,
        changes.id,
        changes.key,
        changes.run_id,
        changes.observed_at,
        changes.change

    from history.changes as changes

    inner join first_runs
        on
            changes.team_id = first_runs.team_id
            and changes.stream = first_runs.stream

    cross join cut

    where
        changes.change = 'inserted'
        and changes.run_id > first_runs.run_id
        and changes.stream in (
            'invoices_income', 'invoices_egress', 'invoices_payment', 'invoices_sat', 'payments'
        )
        and central_day(changes.observed_at) <= cut.as_of
        and (cut.team_id is null or changes.team_id = cut.team_id)

),

first_bodies as (

    select
        stream,
        key,
        min_by(payload_before, run_id) as payload_after

    from observed

    where payload_before is not null

    group by
        stream,
        key

),

every_change as (

    select
        team_id, stream, id, key, run_id, observed_at, change, payload_before, payload_after

    from followed

    union all

    select
        arrived.team_id,
        arrived.stream,
        arrived.id,
        arrived.key,
        arrived.run_id,
        arrived.observed_at,
        arrived.change,
        null as payload_before,
        first_bodies.payload_after

    from arrived

    left join first_bodies
        on
            arrived.stream = first_bodies.stream
            and arrived.key = first_bodies.key

),

records as (

    select
        case list
            when 'I' then 'invoices_income'
            when 'E' then 'invoices_egress'
            when 'P' then 'invoices_payment'
        end as stream,
        team_id,
        id,
        'gigstack' as source,
        'issued' as direction,
        invoice_type as record_type,
        uuid_fiscal,
        client_name,
        issued_on as dated_on,
        currency,
        status,
        total

    from invoice_heads

    union all

    select
        'invoices_sat' as stream,
        team_id,
        id,
        'SAT' as source,
        direction,
        invoice_type as record_type,
        uuid_fiscal,
        case when direction = 'received' then issuer_name else receiver_name end as client_name,
        issued_on as dated_on,
        currency,
        status,
        total

    from sat_cfdis

    union all

    select
        'payments' as stream,
        team_id,
        id,
        'gigstack' as source,
        null as direction,
        'payment' as record_type,
        null as uuid_fiscal,
        client_name,
        paid_on as dated_on,
        currency,
        status,
        total

    from payment_heads

),

read_bodies as (

    select
        every_change.*,
        from_json(payload_before, '{"status": "VARCHAR", "total": "VARCHAR"}') as wire_before,
        from_json(payload_before, '{"total": "DECIMAL(38,6)"}') as body_before,
        from_json(payload_after, '{"status": "VARCHAR", "total": "VARCHAR"}') as wire_after,
        from_json(payload_after, '{"total": "DECIMAL(38,6)"}') as body_after

    from every_change

),

compared as (

    select
        bodies.team_id,
        bodies.observed_at,
        bodies.run_id,
        bodies.change,
        bodies.id as record_id,
        records.source,
        records.direction,
        records.record_type,
        records.uuid_fiscal,
        records.client_name,
        records.dated_on,
        records.currency,
        case
            when bodies.change in ('inserted', 'returned') then null
            when bodies.payload_before is null then records.status
            when bodies.stream = 'payments' then payment_status(bodies.wire_before.status)
            when bodies.stream = 'invoices_sat' then sat_status(bodies.wire_before.status)
            else invoice_status(bodies.wire_before.status)
        end as status_before,
        case
            when bodies.change = 'deleted' then null
            when bodies.payload_after is null then records.status
            when bodies.stream = 'payments' then payment_status(bodies.wire_after.status)
            when bodies.stream = 'invoices_sat' then sat_status(bodies.wire_after.status)
            else invoice_status(bodies.wire_after.status)
        end as status_after,
        case
            when bodies.change not in ('inserted', 'returned')
                then coalesce(money(bodies.body_before.total, bodies.wire_before.total), records.total)
        end as total_before,
        case
            when bodies.change = 'deleted' then null
            when bodies.payload_after is null then records.total
            else coalesce(money(bodies.body_after.total, bodies.wire_after.total), records.total)
        end as total_after

    from read_bodies as bodies

    inner join records
        on
            bodies.stream = records.stream
            and bodies.team_id = records.team_id
            and bodies.id = records.id

),

told as (

    select
        *,
        case
            when change = 'inserted' then 'new'
            when change = 'deleted' then 'gone'
            when change = 'returned' then 'returned'
            when status_before is distinct from status_after then 'status'
            when total_before is distinct from total_after then 'amount'
        end as kind

    from compared

)

select
    told.team_id,
    told.observed_at,
    told.run_id,
    told.source,
    told.direction,
    told.record_type,
    told.record_id,
    told.uuid_fiscal,
    told.client_name,
    told.kind as change,
    cast(date_trunc('month', told.dated_on) as date) as month,
    told.dated_on,
    central_day(told.observed_at) > declared_by(told.dated_on) as is_closed,
    told.currency,
    told.status_before,
    told.status_after,
    told.total_before,
    told.total_after,
    cast(
        case when told.status_after in ('valid', 'succeeded') then coalesce(told.total_after, 0) else 0 end
        - case when told.status_before in ('valid', 'succeeded') then coalesce(told.total_before, 0) else 0 end
        as decimal(18, 6)
    ) as effect

from told

cross join cut

where
    told.kind is not null
    and within_period(told.dated_on, cut.from_on, cut.to_on)
