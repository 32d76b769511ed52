-- Who owes what at the cut, document by document; and what is in clients' favour, negative.
-- Every figure of `gigstack cobranza` is a sum of these rows.
-- Grain: one row per open invoice, per overpaid invoice, and per credit note or payment that belongs
-- to no invoice.
--   team_id: the company that is owed
--   client_key: who owes: the RFC; for the generic RFCs, which never merge, gigstack's client id
--   client_id: gigstack's id of the client
--   client_name: legal name on the document, else the client's name
--   client_tax_id: RFC of the client
--   currency: ISO code; amounts of this row are in it, and never added to those of another
--   kind: invoice (open), unknown (an invoice whose balance then nobody can tell), overpaid (an
--     invoice), credit_note (names no invoice of this mirror) or payment (for no invoice or receipt)
--   document_id: gigstack's id of the invoice, note or payment
--   uuid_fiscal: folio fiscal of the document
--   series: series of the folio
--   folio_number: folio within the series, as text
--   issued_on: local day of the document
--   due_on: local day it is due; NULL for what is in the client's favour
--   due_source: what due_on follows from; see invoice_balances
--   days_open: days from issue to the cut
--   days_overdue: days from due_on to the cut; 0 or less when it is not overdue
--   due_bucket: 0 not due yet; by days_overdue, 1 up to the first of cut.aging_edges, and so on;
--     NULL for what is in no bucket
--   age_bucket: the same by days_open, without a 0
--   total: total of the document
--   amount: open balance; negative in the client's favour; NULL where unknown
--   amount_mxn: amount in pesos at the document's rate; NULL when the rate is missing
--   balance_source: computed, gigstack or unknown; NULL for what is no invoice
--   is_divergent: two of the known balances of the invoice differ

with

rules as (

    select
        cut.*,
        coalesce(
            cut.as_of < (
                select central_day(max(coalesce(finished_at, started_at))) from sync.runs
            ), false
        ) as is_before_last_look

    from cut

),

open_invoices as (

    select
        balances.*,
        rules.aging_edges,
        case
            when balances.balance is null then 'unknown'
            when balances.overpaid > rules.tolerance then 'overpaid'
            else 'invoice'
        end as kind

    from invoice_balances as balances

    cross join rules

    where
        balances.may_be_open
        and balances.payment_method is distinct from 'PUE'
        and (
            balances.balance > rules.tolerance
            or balances.overpaid > rules.tolerance
            or balances.balance is null
        )

),

loose_notes as (

    select
        notes.*,
        rules.as_of

    from credit_allocations as notes

    cross join rules

    where
        notes.invoice_id is null
        and notes.credit_kind in ('credit_note', 'advance')
        and notes.amount > rules.tolerance
        and notes.issued_on <= rules.as_of
        and in_force(
            notes.is_live,
            notes.held_until_on,
            notes.ended_on,
            rules.as_of,
            rules.is_before_last_look
        )
        and (rules.team_id is null or notes.team_id = rules.team_id)

),

unlinked as (

    select
        payments.*,
        rules.as_of

    from derived.loose_payments as payments

    inner join rules
        on
            payments.succeeded_on <= rules.as_of
            and payments.amount > rules.tolerance
            and (rules.team_id is null or payments.team_id = rules.team_id)

),

named_elsewhere as (

    -- the semi-joins look at the many links only for the few payments in question
    select links.payment_key
    from derived.payment_links as links
    where links.payment_key in (select unlinked.payment_key from unlinked)

    union all

    select unlinked.payment_key
    from complement_coverage
    inner join unlinked
        on
            complement_coverage.team_id = unlinked.team_id
            and complement_coverage.payment_id = unlinked.payment_id

),

loose_payments as (

    select unlinked.*

    from unlinked

    where unlinked.payment_key not in (select named_elsewhere.payment_key from named_elsewhere)

)

select
    team_id,
    client_key,
    client_id,
    client_name,
    client_tax_id,
    currency,
    kind,
    invoice_id as document_id,
    uuid_fiscal,
    series,
    folio_number,
    issued_on,
    due_on,
    due_source,
    days_open,
    days_overdue,
    case
        when kind <> 'invoice' then null
        when days_overdue <= 0 then 0
        else aging_bucket(days_overdue, aging_edges)
    end as due_bucket,
    case when kind = 'invoice' then aging_bucket(days_open, aging_edges) end as age_bucket,
    total,
    case when kind = 'overpaid' then -overpaid else balance end as amount,
    case
        when kind = 'overpaid'
            then cast(-cast(overpaid as decimal(38, 6)) * rate_of(currency, exchange_rate)
            as decimal(38, 6))
        else balance_mxn
    end as amount_mxn,
    balance_source,
    is_divergent

from open_invoices

union all

select
    team_id,
    client_key(client_tax_id, client_id, client_name, credit_id) as client_key,
    client_id,
    client_name,
    client_tax_id,
    credit_currency as currency,
    'credit_note' as kind,
    credit_id as document_id,
    credit_uuid as uuid_fiscal,
    null as series,
    null as folio_number,
    issued_on,
    null as due_on,
    null as due_source,
    as_of - issued_on as days_open,
    null as days_overdue,
    null as due_bucket,
    null as age_bucket,
    credit_total as total,
    -amount as amount,
    cast(
        -cast(amount as decimal(38, 6)) * rate_of(credit_currency, credit_exchange_rate)
        as decimal(38, 6)
    ) as amount_mxn,
    null as balance_source,
    false as is_divergent

from loose_notes

union all

select
    team_id,
    client_key(client_tax_id, client_id, client_name, payment_id) as client_key,
    client_id,
    client_name,
    client_tax_id,
    currency,
    'payment' as kind,
    payment_id as document_id,
    null as uuid_fiscal,
    null as series,
    null as folio_number,
    succeeded_on as issued_on,
    null as due_on,
    null as due_source,
    as_of - succeeded_on as days_open,
    null as days_overdue,
    null as due_bucket,
    null as age_bucket,
    total,
    -amount as amount,
    cast(
        -cast(amount as decimal(38, 6)) * rate_of(currency, exchange_rate) as decimal(38, 6)
    ) as amount_mxn,
    null as balance_source,
    false as is_divergent

from loose_payments
