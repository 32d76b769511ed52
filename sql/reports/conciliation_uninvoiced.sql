-- Money received for which no invoice is in force: check C10.
-- A payment whose receipt may still be invoiced, or whose month has not ended, is pending.
-- An invoice this mirror does not hold is taken at its word. Source: CFF 29; end of month is a choice.
-- Grain: one row per payment.
--   team_id: the company
--   code: C10
--   state: found, or pending: there is still time
--   dated_on: local day the money was received
--   currency: ISO code; XXX where there is no amount
--   amount: what was received less refunds
--   record_type: always payment
--   invoice_id: a cancelled or deleted invoice it was for, if any
--   payment_id: gigstack's id of the payment
--   uuid_fiscal: always NULL here
--   related_id: gigstack's id of its receipt, if any
--   client_name: the client
--   due_on: last day of the month, or of the receipt
--   note: what is wrong, in words

with

received as not materialized (

    select
        paid.team_id,
        paid.id,
        paid.currency,
        paid.total - coalesce(paid.total_refunded, 0) as amount,
        paid.paid_on,
        paid.client_name,
        paid.invoice_ids,
        paid.receipt_ids

    from payment_heads as paid

    cross join cut

    where
        paid.deleted_at is null
        and paid.status = 'succeeded'
        and paid.paid_on <= cut.as_of
        and (cut.team_id is null or paid.team_id = cut.team_id)

),

invoice_states as not materialized (

    select
        held.team_id,
        held.id,
        held.uuid_fiscal,
        held.payment_ids,
        held.deleted_at,
        held.deleted_at is null
        and (held.status <> 'cancelled' or coalesce(held.cancelled_on > cut.as_of, false))
            as is_standing

    from (
        select team_id, id, uuid_fiscal, payment_ids, deleted_at, status, cancelled_on
        from income_heads
        union all
        select team_id, id, uuid_fiscal, payment_ids, deleted_at, status, cancelled_on
        from complement_heads
    ) as held

    cross join cut

),

fallen as (

    select team_id, id as reference
    from invoice_states
    where not is_standing

    union

    select team_id, uuid_fiscal as reference
    from invoice_states
    where not is_standing and uuid_fiscal is not null

),

named_by_payment as (

    select team_id, id as payment_id, unnest(invoice_ids) as reference
    from received

),

doubtful as (

    select team_id, id as payment_id
    from received
    where entries(invoice_ids) = 0

    union

    select named_by_payment.team_id, named_by_payment.payment_id
    from named_by_payment
    inner join fallen
        on
            named_by_payment.team_id = fallen.team_id
            and named_by_payment.reference = fallen.reference

),

named_by_invoice as (

    select team_id, id as reference, unnest(payment_ids) as payment_id
    from invoice_states
    where deleted_at is null

),

named as (

    select named_by_payment.team_id, named_by_payment.payment_id, named_by_payment.reference
    from named_by_payment
    inner join doubtful
        on
            named_by_payment.team_id = doubtful.team_id
            and named_by_payment.payment_id = doubtful.payment_id

    union

    select named_by_invoice.team_id, named_by_invoice.payment_id, named_by_invoice.reference
    from named_by_invoice
    inner join doubtful
        on
            named_by_invoice.team_id = doubtful.team_id
            and named_by_invoice.payment_id = doubtful.payment_id

),

invoiced as (

    select
        named.team_id,
        named.payment_id,
        bool_or(fallen.reference is null) as is_standing,
        min(named.reference) as invoice_id

    from named

    left join fallen
        on
            named.team_id = fallen.team_id
            and named.reference = fallen.reference

    group by
        named.team_id,
        named.payment_id

),

receipt_links as (

    select team_id, id as payment_id, unnest(receipt_ids) as receipt_id
    from received

    union

    select team_id, unnest(payment_ids) as payment_id, id as receipt_id
    from receipt_heads
    where deleted_at is null

),

in_receipts as (

    select
        receipt_links.team_id,
        receipt_links.payment_id,
        min(receipt_links.receipt_id) as receipt_id,
        bool_or(held.status = 'invoiced') as is_invoiced,
        max(held.expires_on) filter (where held.status = 'pending') as open_until

    from receipt_links

    inner join doubtful
        on
            receipt_links.team_id = doubtful.team_id
            and receipt_links.payment_id = doubtful.payment_id

    inner join receipt_heads as held
        on
            receipt_links.team_id = held.team_id
            and receipt_links.receipt_id = held.id

    where held.deleted_at is null

    group by
        receipt_links.team_id,
        receipt_links.payment_id

),

lacking as (

    select
        received.*,
        invoiced.invoice_id,
        in_receipts.receipt_id,
        greatest(
            last_day(received.paid_on), coalesce(in_receipts.open_until, received.paid_on)
        ) as due_on

    from received

    inner join doubtful
        on
            received.team_id = doubtful.team_id
            and received.id = doubtful.payment_id

    left join invoiced
        on
            received.team_id = invoiced.team_id
            and received.id = invoiced.payment_id

    left join in_receipts
        on
            received.team_id = in_receipts.team_id
            and received.id = in_receipts.payment_id

    where
        not coalesce(invoiced.is_standing, false)
        and not coalesce(in_receipts.is_invoiced, false)

)

select
    lacking.team_id,
    'C10' as code,
    case when lacking.due_on < cut.as_of then 'found' else 'pending' end as state,
    lacking.paid_on as dated_on,
    lacking.currency,
    cast(lacking.amount as decimal(18, 6)) as amount,
    'payment' as record_type,
    lacking.invoice_id,
    lacking.id as payment_id,
    cast(null as varchar) as uuid_fiscal,
    lacking.receipt_id as related_id,
    lacking.client_name,
    lacking.due_on,
    case
        when lacking.invoice_id is not null then 'its invoice is cancelled or gone'
        when lacking.receipt_id is not null then 'its receipt was not invoiced'
        else 'no invoice and no receipt'
    end as note

from lacking

cross join cut

where lacking.amount > cut.tolerance
