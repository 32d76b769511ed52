-- Statement of account of every client for the period of view `cut`, with its running balance.
-- What happened before the period is one row, the opening balance (Saldo inicial).
-- Grain: one row per client, currency and event in the period, and one for the opening balance.
--   client_rfc: who owes: the RFC; for the generic RFCs, which never merge, gigstack's client id
--   client_name: legal name on the invoice
--   occurred_on: local day of the event; NULL for the opening balance
--   concept: Saldo inicial, Factura, Pago, Nota de crédito, Cancelación …
--   document: series and folio of the invoice
--   uuid_fiscal: folio fiscal of the document behind the event
--   due_on: local day the invoice is due
--   charge: added to what is owed
--   credit: taken off what is owed
--   balance: what is owed after the event
--   currency: ISO code; amounts of this row are in it
--   days_overdue: days from due_on to the cut while the invoice is open
--   line: place of the row within the client's statement in that currency, from 1

with

said as (

    select
        cobranza_statement.team_id,
        cobranza_statement.client_key,
        cobranza_statement.client_name,
        cobranza_statement.currency,
        cobranza_statement.occurred_on,
        cobranza_statement.concept,
        cobranza_statement.place,
        cobranza_statement.document,
        cobranza_statement.document_uuid,
        cobranza_statement.invoice_id,
        cobranza_statement.due_on,
        cobranza_statement.charge,
        cobranza_statement.credit,
        cobranza_statement.days_overdue,
        coalesce(cobranza_statement.occurred_on < cut.from_on, false) as is_before

    from cobranza_statement

    cross join cut

    where
        cobranza_statement.occurred_on <= cut.to_on
        and (cut.team_id is null or cobranza_statement.team_id = cut.team_id)

),

lines as (

    select
        team_id,
        client_key,
        max(client_name) as client_name,
        currency,
        cast(null as date) as occurred_on,
        'Saldo inicial' as concept,
        0 as place,
        cast(null as varchar) as document,
        cast(null as varchar) as document_uuid,
        cast(null as varchar) as invoice_id,
        cast(null as date) as due_on,
        cast(greatest(sum(charge) - sum(credit), 0) as decimal(38, 6)) as charged,
        cast(greatest(sum(credit) - sum(charge), 0) as decimal(38, 6)) as credited,
        cast(null as bigint) as days_overdue

    from said

    where is_before

    group by team_id, client_key, currency

    having sum(charge) <> sum(credit)

    union all

    select
        team_id,
        client_key,
        client_name,
        currency,
        occurred_on,
        concept,
        place,
        document,
        document_uuid,
        invoice_id,
        due_on,
        cast(charge as decimal(38, 6)) as charged,
        cast(credit as decimal(38, 6)) as credited,
        cast(days_overdue as bigint) as days_overdue

    from said

    where not is_before

)

select
    client_key as client_rfc,
    client_name,
    occurred_on,
    concept,
    document,
    document_uuid as uuid_fiscal,
    due_on,
    charged as charge,
    credited as credit,
    cast(sum(charged - credited) over statement as decimal(38, 6)) as balance,
    currency,
    days_overdue,
    row_number() over statement as line

from lines

window
    statement as (
        partition by team_id, client_key, currency
        order by
            occurred_on nulls first,
            place,
            document,
            invoice_id,
            document_uuid,
            charged,
            credited
        rows between unbounded preceding and current row
    )
