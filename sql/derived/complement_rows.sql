-- What each payment complement (CFDI type P) of `affected` says it paid of which invoice.
-- A complement that tells no amounts has a row per invoice it is linked to, without row_no and paid.

with

told as (

    select
        *,
        unnest(
            case
                when complements is null or complements = [] then null
                else complements
            end
        ) as part

    from mirror.invoices_payment

    where
        status in ('valid', 'cancelled')
        and key in (select affected.key from affected)

),

every_row as (

    select
        team_id,
        id,
        key,
        uuid_fiscal,
        status,
        issued_on,
        stamped_on,
        cancelled_on,
        deleted_at,
        part.payment_no,
        part.row_no,
        part.paid_on,
        part.payment_form,
        part.currency,
        part.exchange_rate,
        part.amount,
        part.reference,
        part.invoice_currency,
        part.equivalence,
        part.instalment,
        part.previous_balance,
        part.paid,
        part.remaining

    from told

    where part.row_no is not null

    union all by name

    select
        team_id,
        id,
        key,
        uuid_fiscal,
        status,
        issued_on,
        stamped_on,
        cancelled_on,
        deleted_at,
        unnest(invoice_ids) as reference

    from mirror.invoices_payment

    where
        status in ('valid', 'cancelled')
        and key in (select affected.key from affected)
        and (complements is null or complements = [] or complements[1].row_no is null)

),

invoices as (

    select team_id, uuid_fiscal as reference, key, id, uuid_fiscal, currency
    from mirror.invoices_income
    where uuid_fiscal is not null

    union all

    select team_id, id as reference, key, id, uuid_fiscal, currency
    from mirror.invoices_income
    where
        id is distinct from uuid_fiscal
        and id in (
            select every_row.reference from every_row where length(every_row.reference) <> 36
        )

)

select
    every_row.team_id,
    every_row.key as complement_key,
    every_row.id as complement_id,
    every_row.uuid_fiscal as complement_uuid,
    every_row.payment_no,
    every_row.row_no,
    every_row.status = 'valid' and every_row.deleted_at is null as is_live,
    coalesce(every_row.stamped_on, every_row.issued_on) as stamped_on,
    coalesce(every_row.paid_on, every_row.issued_on) as paid_on,
    every_row.payment_form,
    every_row.currency as payment_currency,
    every_row.exchange_rate as payment_exchange_rate,
    every_row.amount as payment_amount,
    every_row.reference as invoice_reference,
    invoices.key as invoice_key,
    invoices.id as invoice_id,
    coalesce(invoices.uuid_fiscal, fiscal_uuid(every_row.reference)) as invoice_uuid,
    coalesce(every_row.invoice_currency, invoices.currency) as invoice_currency,
    every_row.equivalence,
    every_row.instalment,
    every_row.previous_balance,
    every_row.paid,
    every_row.remaining,
    every_row.cancelled_on,
    case
        when every_row.status = 'valid' and every_row.deleted_at is null then null
        when every_row.status = 'valid' or every_row.cancelled_on is not null
            then least(every_row.cancelled_on, central_day(every_row.deleted_at)) - 1
        else least(undated.held_until_on, central_day(every_row.deleted_at) - 1)
    end as held_until_on,
    least(
        every_row.cancelled_on,
        central_day(every_row.deleted_at),
        case when every_row.status = 'cancelled' then undated.ended_on end
    ) as ended_on

from every_row

left join invoices
    on
        every_row.team_id = invoices.team_id
        and every_row.reference = invoices.reference

left join derived.undated_cancellations as undated
    on
        undated.stream = 'invoices_payment'
        and every_row.key = undated.key
