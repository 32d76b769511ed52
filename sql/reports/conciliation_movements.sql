-- What makes up each figure of conciliation_months: invoices, credit notes, payments, complements.
-- Grain: one row per invoice (I), credit note (E), payment, and payment within a complement (P).
--   team_id: the company
--   month: first day of the month it belongs to: of issue, or of the payment
--   dated_on: the day itself
--   currency: ISO code; amounts of this row are in it
--   record_type: I, E, P or payment
--   record_id: gigstack's id of it
--   uuid_fiscal: folio fiscal
--   client_name: the client; NULL for a complement
--   invoiced: total of an I in force at the cut
--   credited: total of an E in force at the cut
--   collected: money of a payment received, less refunds; forms 15, 17 and 30 are no cash
--   collected_with_rep: payment within a complement in force, in the payment's currency; cash alone
--   on_account: total of an I that is PPD, or of which gigstack keeps a balance
--   settled: taken off it up to the cut, whenever: credit notes, advances and complements,
--       less what was overpaid
--   outstanding: its balance at the cut, as in invoice_balances; NULL where it cannot be known
--   is_unknown: its balance at the cut cannot be known; then on_account and settled are 0

with

noted as not materialized (

    select
        heads.team_id,
        heads.id,
        heads.uuid_fiscal,
        heads.client_name,
        heads.currency,
        heads.total,
        heads.issued_on

    from invoice_heads as heads

    cross join cut

    where
        heads.list = 'E'
        and heads.deleted_at is null
        and (heads.status = 'valid' or coalesce(heads.cancelled_on > cut.as_of, false))
        and heads.issued_on <= cut.as_of
        and (cut.team_id is null or heads.team_id = cut.team_id)

),

received as not materialized (

    select
        payments.team_id,
        payments.id,
        payments.client_name,
        payments.currency,
        payments.total - coalesce(payments.total_refunded, 0) as amount,
        payments.paid_on

    from payment_heads as payments

    cross join cut

    where
        payments.deleted_at is null
        and payments.status = 'succeeded'
        and coalesce(payments.payment_form not in ('15', '17', '30'), true)
        and payments.paid_on <= cut.as_of
        and (cut.team_id is null or payments.team_id = cut.team_id)

),

complemented as not materialized (

    select
        complement_rows.team_id,
        complement_rows.complement_id,
        complement_rows.complement_uuid,
        complement_rows.payment_currency,
        complement_rows.paid_on,
        case
            when complement_rows.payment_amount is null then complement_rows.paid
            when coalesce(complement_rows.row_no, 1) = 1 then complement_rows.payment_amount
        end as amount

    from derived.complement_rows as complement_rows

    cross join cut

    where
        complement_rows.stamped_on <= cut.as_of
        and complement_rows.paid_on <= cut.as_of
        and coalesce(complement_rows.ended_on > cut.as_of, complement_rows.is_live)
        and coalesce(complement_rows.payment_form not in ('15', '17', '30'), true)
        and (cut.team_id is null or complement_rows.team_id = cut.team_id)

),

balances as not materialized (

    select
        *,
        payment_method = 'PPD' or (payment_method is null and api_balance is not null) as is_owed

    from invoice_balances

),

every_movement as (

    select
        team_id,
        issued_on as dated_on,
        currency,
        'I' as record_type,
        invoice_id as record_id,
        uuid_fiscal,
        client_name,
        total as invoiced,
        cast(0 as decimal(18, 6)) as credited,
        cast(0 as decimal(18, 6)) as collected,
        cast(0 as decimal(18, 6)) as collected_with_rep,
        case when is_owed and balance is not null then total else 0 end as on_account,
        case
            when is_owed and balance is not null
                then coalesce(credited, 0) + coalesce(advances, 0) + coalesce(paid, 0)
                    - coalesce(overpaid, 0)
            else 0
        end as settled,
        case when is_owed then balance end as outstanding,
        is_owed and balance is null as is_unknown

    from balances

    union all

    select
        team_id,
        issued_on as dated_on,
        currency,
        'E' as record_type,
        id as record_id,
        uuid_fiscal,
        client_name,
        0 as invoiced,
        total as credited,
        0 as collected,
        0 as collected_with_rep,
        0 as on_account,
        0 as settled,
        0 as outstanding,
        false as is_unknown

    from noted

    union all

    select
        team_id,
        paid_on as dated_on,
        currency,
        'payment' as record_type,
        id as record_id,
        null as uuid_fiscal,
        client_name,
        0 as invoiced,
        0 as credited,
        amount as collected,
        0 as collected_with_rep,
        0 as on_account,
        0 as settled,
        0 as outstanding,
        false as is_unknown

    from received

    union all

    select
        team_id,
        paid_on as dated_on,
        payment_currency as currency,
        'P' as record_type,
        complement_id as record_id,
        complement_uuid as uuid_fiscal,
        null as client_name,
        0 as invoiced,
        0 as credited,
        0 as collected,
        amount as collected_with_rep,
        0 as on_account,
        0 as settled,
        0 as outstanding,
        false as is_unknown

    from complemented

    where amount is not null

)

select
    movements.team_id,
    cast(date_trunc('month', movements.dated_on) as date) as month,
    movements.dated_on,
    movements.currency,
    movements.record_type,
    movements.record_id,
    movements.uuid_fiscal,
    movements.client_name,
    cast(movements.invoiced as decimal(18, 6)) as invoiced,
    cast(movements.credited as decimal(18, 6)) as credited,
    cast(movements.collected as decimal(18, 6)) as collected,
    cast(movements.collected_with_rep as decimal(18, 6)) as collected_with_rep,
    cast(movements.on_account as decimal(18, 6)) as on_account,
    cast(movements.settled as decimal(18, 6)) as settled,
    cast(coalesce(movements.outstanding, case when movements.is_unknown then null else 0 end) as decimal(18, 6))
        as outstanding,
    coalesce(movements.is_unknown, false) as is_unknown

from every_movement as movements

cross join cut

where within_period(movements.dated_on, cut.from_on, cut.to_on)
