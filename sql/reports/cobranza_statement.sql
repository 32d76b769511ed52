-- Statement of account: what each client was charged and what was credited, up to the cut.
-- Only invoices that can be owed (PPD). The charges less the credits of a client and currency are the
-- sum of its balances in invoice_balances.
-- Grain: one row per event of an invoice.
--   team_id: the company that is owed
--   client_key: who owes: the RFC; for the generic RFCs, which never merge, gigstack's client id
--   client_name: legal name on the invoice, else the client's name
--   currency: ISO code; amounts of this row are in it
--   occurred_on: local day of the event
--   concept: Factura, Pago, Nota de crédito, Anticipo aplicado, Cancelación, Cancelación de pago,
--     Cancelación de nota de crédito, Saldo a favor (paid too much, shown apart) or Ajuste gigstack
--     (what gigstack knows was paid and no complement of this mirror tells)
--   place: order of the events of one day
--   document: series and folio of the invoice
--   document_uuid: folio fiscal of the document behind the event
--   invoice_id: gigstack's id of the invoice
--   due_on: local day the invoice is due
--   charge: added to what is owed; 0 when it is a credit
--   credit: taken off what is owed; 0 when it is a charge
--   days_overdue: days from due_on to the cut while the invoice is open; NULL otherwise

with

newest_run as (

    select central_day(max(coalesce(finished_at, started_at))) as ended_on
    from sync.runs

),

rules as (

    select
        cut.as_of,
        cut.team_id,
        coalesce(cut.as_of < newest_run.ended_on, false) as is_past

    from cut

    cross join newest_run

),

billed as (

    select
        invoices.invoice_key as key,
        invoices.team_id,
        invoices.invoice_id as id,
        invoices.uuid_fiscal,
        invoices.document,
        invoices.client_name,
        invoices.client_key,
        invoices.currency,
        invoices.issued_on,
        coalesce(invoices.total, 0) as total,
        invoices.ended_on,
        in_force(
            invoices.is_live,
            invoices.held_until_on,
            invoices.ended_on,
            rules.as_of,
            rules.is_past
        ) as is_held,
        rules.as_of

    from credit_invoices as invoices

    inner join rules
        on
            invoices.issued_on <= rules.as_of
            and (rules.team_id is null or invoices.team_id = rules.team_id)

),

moves as (

    select
        said.invoice_key,
        said.paid_on as occurred_on,
        'Pago' as concept,
        3 as place,
        said.complement_uuid as document_uuid,
        0 as charge,
        said.paid as credit

    from derived.complement_rows as said

    where said.paid is not null

    union all

    select
        said.invoice_key,
        greatest(said.ended_on, said.paid_on) as occurred_on,
        'Cancelación de pago' as concept,
        4 as place,
        said.complement_uuid as document_uuid,
        said.paid as charge,
        0 as credit

    from derived.complement_rows as said

    where
        said.paid is not null
        and not said.is_live

    union all

    select
        said.invoice_key,
        said.issued_on as occurred_on,
        case said.credit_kind
            when 'advance' then 'Anticipo aplicado'
            else 'Nota de crédito'
        end as concept,
        2 as place,
        said.credit_uuid as document_uuid,
        0 as charge,
        said.invoice_amount as credit

    from derived.credit_allocations as said

    where said.credit_kind in ('credit_note', 'advance')

    union all

    select
        said.invoice_key,
        greatest(said.ended_on, said.issued_on) as occurred_on,
        'Cancelación de nota de crédito' as concept,
        4 as place,
        said.credit_uuid as document_uuid,
        said.invoice_amount as charge,
        0 as credit

    from derived.credit_allocations as said

    where
        said.credit_kind in ('credit_note', 'advance')
        and not said.is_live

),

events as (

    select
        key,
        issued_on as occurred_on,
        'Factura' as concept,
        1 as place,
        uuid_fiscal as document_uuid,
        total as charge,
        0 as credit

    from billed

    union all

    select
        billed.key,
        moves.occurred_on,
        moves.concept,
        moves.place,
        moves.document_uuid,
        moves.charge,
        moves.credit

    from moves

    inner join billed on moves.invoice_key = billed.key

    where moves.occurred_on <= billed.as_of

),

closing as (

    select
        key,
        sum(charge) - sum(credit) as explained

    from events

    group by key

),

adjusted as (

    -- what the events do not explain: the invoice is gone, paid too much, or known better by gigstack
    select
        billed.key,
        case
            when not billed.is_held then least(billed.ended_on, billed.as_of)
            else billed.as_of
        end as occurred_on,
        case
            when not billed.is_held then 'Cancelación'
            when closing.explained < 0 and balances.balance = 0 then 'Saldo a favor'
            else 'Ajuste gigstack'
        end as concept,
        5 as place,
        billed.uuid_fiscal as document_uuid,
        greatest(coalesce(balances.balance, 0) - closing.explained, 0) as charge,
        greatest(closing.explained - coalesce(balances.balance, 0), 0) as credit

    from billed

    inner join closing on billed.key = closing.key

    left join invoice_balances as balances
        on billed.key = balances.invoice_key

    where
        closing.explained <> coalesce(balances.balance, 0)
        and (not billed.is_held or balances.balance is not null)

)

select
    billed.team_id,
    billed.client_key,
    billed.client_name,
    billed.currency,
    told.occurred_on,
    told.concept,
    told.place,
    billed.document,
    told.document_uuid,
    billed.id as invoice_id,
    balances.due_on,
    cast(told.charge as decimal(18, 6)) as charge,
    cast(told.credit as decimal(18, 6)) as credit,
    case when balances.balance > 0 then balances.days_overdue end as days_overdue

from (
    select * from events
    union all
    select * from adjusted
) as told

inner join billed on told.key = billed.key

left join invoice_balances as balances on billed.key = balances.invoice_key
