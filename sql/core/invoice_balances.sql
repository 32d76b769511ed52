-- What every invoice (CFDI type I) in force at the cut still is owed, and where that figure is from.
-- balance = total - credit notes (01, 03) - advances applied (07) - complements in force whose payment
-- is not after the cut; a PUE invoice owes nothing to SAT. Every report reads this view.
-- A cancelled invoice counts until the day before its cancellation, so closed months stay as they were.
-- Grain: one row per invoice in force at the end of cut.as_of; drafts and invoices never stamped left out.
-- Source: RMF 2.7.1.32 and 2.7.1.39.
--   team_id: the company that issued it
--   invoice_id: gigstack's id of the invoice
--   uuid_fiscal: folio fiscal in upper case
--   series: series of the folio
--   folio_number: folio within the series, as text
--   client_key: who owes: the RFC; for the generic RFCs, which never merge, gigstack's client id
--   client_id: gigstack's id of the client
--   client_name: legal name on the invoice, else the client's name
--   client_tax_id: RFC of the client
--   currency: ISO code; the amounts of this row are in it
--   exchange_rate: pesos per unit of currency, as of the invoice
--   payment_method: PUE or PPD
--   payment_form: SAT's code; 99 where it is to be defined
--   issued_on: local day of the invoice
--   due_on: local day it is due
--   due_source: what due_on follows from: invoice (its own due date), conditions (payment terms
--     written on it), client (cut.client_terms), default (cut.terms_default_days) or issue
--   total: total of the invoice
--   credited: credit notes (01, 03) in force at the cut, its share of each; see credit_allocations
--   advances: advances applied to it (07) in force at the cut
--   paid: complements in force at the cut whose payment is not after it
--   complements: number of those rows
--   last_paid_on: local day of the newest of those payments
--   computed_balance: total - credited - advances - paid, not below 0; 0 for PUE; NULL where one of
--     them cannot be known for that day
--   complement_balance: what the complement of the highest instalment says remains
--   api_balance: last_balance as gigstack says; for a past day what it said then, NULL where unknown
--   balance: the one to use; NULL where it cannot be known
--   balance_source: computed, gigstack (there are complements this mirror cannot read), or unknown
--   overpaid: what was credited and paid beyond the total
--   is_divergent: two of the known balances differ by more than cut.tolerance
--   balance_mxn: balance in pesos at the invoice's rate; NULL when the rate is missing
--   days_open: days from issue to the cut
--   days_overdue: days from due_on to the cut; 0 or less when it is not overdue

with

newest_run as (

    select central_day(max(coalesce(finished_at, started_at))) as ended_on
    from sync.runs

),

rules as (

    select
        cut.as_of,
        cut.team_id,
        cut.terms_default_days,
        cut.tolerance,
        cut.client_terms,
        coalesce(cut.as_of < newest_run.ended_on, false) as is_past

    from cut

    cross join newest_run

),

terms as (

    select unnest(from_json(client_terms, '[{"client":"VARCHAR","days":"INTEGER"}]')) as term
    from rules

),

client_terms as (

    select
        upper(trim(term.client)) as client,
        max(term.days) as days

    from terms

    group by upper(trim(term.client))

),

complements as (

    select
        said.invoice_key,
        said.paid,
        said.remaining,
        said.instalment,
        said.paid_on,
        said.is_live,
        said.paid_on <= rules.as_of as is_due,
        in_force(
            said.is_live, said.held_until_on, said.ended_on, rules.as_of, rules.is_past
        ) as is_held

    from derived.complement_rows as said

    cross join rules

),

paid as (

    select
        invoice_key,
        sum(paid) filter (where is_held and is_due) as paid_then,
        count(paid) filter (where is_held and is_due) as complement_count,
        max(paid_on) filter (where is_held and is_due) as newest_paid_on,
        max_by(remaining, coalesce(instalment, 0)) filter (where is_held and is_due) as left_over,
        count(paid) as told_rows,
        count(*) filter (where paid is null and is_live) as untold_rows,
        count(*) filter (where is_held is null and is_due) as unknown_rows

    from complements

    where invoice_key is not null

    group by invoice_key

),

credits as (

    select
        said.invoice_key,
        said.invoice_amount,
        said.credit_kind,
        said.is_live,
        said.issued_on <= rules.as_of as is_due,
        in_force(
            said.is_live, said.held_until_on, said.ended_on, rules.as_of, rules.is_past
        ) as is_held

    from derived.credit_allocations as said

    cross join rules

    where
        said.invoice_key is not null
        and said.credit_kind in ('credit_note', 'advance')

),

credited as (

    select
        invoice_key,
        coalesce(
            sum(invoice_amount) filter (where is_held and is_due and credit_kind = 'credit_note'), 0
        ) as credited_then,
        coalesce(
            sum(invoice_amount) filter (where is_held and is_due and credit_kind = 'advance'), 0
        ) as advances_then,
        coalesce(sum(invoice_amount) filter (where is_live), 0) as credited_now,
        count(*) filter (
            where is_due and (is_held is null or (is_held and invoice_amount is null))
        ) as unknown_rows

    from credits

    group by invoice_key

),

seen as (

    -- what gigstack said at the end of a past day: the first state superseded after it
    select
        states.key,
        min_by(states.balance_before, states.run_id) as balance_then

    from derived.seen_states as states

    inner join rules on states.observed_on > rules.as_of

    where states.stream = 'invoices_income'

    group by states.key

),

summed as (

    select
        invoices.team_id,
        invoices.id,
        invoices.uuid_fiscal,
        invoices.series,
        invoices.folio_number,
        invoices.client_id,
        coalesce(nullif(invoices.client_legal_name, ''), invoices.client_name) as client_name,
        invoices.client_tax_id,
        invoices.currency,
        invoices.exchange_rate,
        invoices.payment_method,
        invoices.payment_form,
        invoices.issued_on,
        invoices.due_on,
        invoices.term_days,
        invoices.total,
        coalesce(invoices.payment_method = 'PPD', invoices.last_balance is not null) as is_on_credit,
        in_force(
            invoices.status = 'valid' and invoices.deleted_at is null,
            case
                when invoices.status = 'valid' or invoices.cancelled_on is not null
                    then least(invoices.cancelled_on, central_day(invoices.deleted_at)) - 1
                else undated.held_until_on
            end,
            least(
                invoices.cancelled_on, central_day(invoices.deleted_at), undated.ended_on
            ),
            rules.as_of,
            rules.is_past
        ) as is_held,
        coalesce(credited.credited_then, 0) as credited,
        coalesce(credited.advances_then, 0) as advances,
        coalesce(paid.paid_then, 0) as paid,
        coalesce(paid.complement_count, 0) as complements,
        paid.newest_paid_on,
        paid.left_over,
        coalesce(paid.unknown_rows, 0) + coalesce(credited.unknown_rows, 0) as unknown_rows,
        invoices.total
        - coalesce(credited.credited_then, 0)
        - coalesce(credited.advances_then, 0)
        - coalesce(paid.paid_then, 0) as open_amount,
        -- gigstack knows of complements that this mirror cannot read
        coalesce(paid.untold_rows, 0) > 0
        or coalesce(invoices.installments, 0) > coalesce(paid.told_rows, 0)
        or (
            coalesce(paid.told_rows, 0) = 0
            and coalesce(
                invoices.last_balance
                < invoices.total - coalesce(credited.credited_now, 0) - rules.tolerance,
                false
            )
        ) as is_hidden,
        case
            when not rules.is_past or central_day(invoices.changed_at) <= rules.as_of
                then invoices.last_balance
            when central_day(invoices.first_seen_at) <= rules.as_of then seen.balance_then
        end as api_balance,
        rules.as_of,
        rules.terms_default_days,
        rules.tolerance

    from mirror.invoices_income as invoices

    inner join rules
        on
            invoices.issued_on <= rules.as_of
            and (rules.team_id is null or invoices.team_id = rules.team_id)

    left join paid on invoices.key = paid.invoice_key

    left join credited on invoices.key = credited.invoice_key

    left join seen on invoices.key = seen.key

    left join derived.undated_cancellations as undated
        on
            undated.stream = 'invoices_income'
            and invoices.key = undated.key

    where
        invoices.status in ('valid', 'cancelled')
        and coalesce(invoices.invoice_type, 'I') = 'I'

),

chosen as (

    select
        summed.*,
        case
            when not summed.is_on_credit then 0
            when summed.is_held and summed.unknown_rows = 0 then greatest(0, summed.open_amount)
        end as computed_balance,
        case
            when not summed.is_on_credit then 0
            when summed.is_held and not summed.is_hidden and summed.unknown_rows = 0
                and summed.open_amount is not null
                then greatest(0, summed.open_amount)
            when summed.is_held then greatest(0, summed.api_balance)
        end as balance,
        case
            when summed.due_on is not null then 'invoice'
            when summed.term_days is not null then 'conditions'
            when not summed.is_on_credit then 'issue'
            when coalesce(by_tax_id.days, by_client_id.days) is not null then 'client'
            when summed.terms_default_days > 0 then 'default'
            else 'issue'
        end as due_source,
        coalesce(
            summed.due_on,
            summed.issued_on + coalesce(
                summed.term_days,
                case
                    when summed.is_on_credit then coalesce(
                        by_tax_id.days, by_client_id.days, summed.terms_default_days
                    )
                end,
                0
            )
        ) as falls_due_on

    from summed

    left join client_terms as by_tax_id on upper(summed.client_tax_id) = by_tax_id.client

    left join client_terms as by_client_id on upper(summed.client_id) = by_client_id.client

    where coalesce(summed.is_held, true)

)

select
    team_id,
    id as invoice_id,
    uuid_fiscal,
    series,
    folio_number,
    client_key(client_tax_id, client_id, client_name, id) as client_key,
    client_id,
    client_name,
    client_tax_id,
    currency,
    exchange_rate,
    payment_method,
    payment_form,
    issued_on,
    falls_due_on as due_on,
    due_source,
    total,
    cast(credited as decimal(18, 6)) as credited,
    cast(advances as decimal(18, 6)) as advances,
    cast(paid as decimal(18, 6)) as paid,
    complements,
    newest_paid_on as last_paid_on,
    cast(computed_balance as decimal(18, 6)) as computed_balance,
    left_over as complement_balance,
    api_balance,
    cast(balance as decimal(18, 6)) as balance,
    case
        when balance is null then 'unknown'
        when is_on_credit and (is_hidden or computed_balance is null) then 'gigstack'
        else 'computed'
    end as balance_source,
    cast(
        case
            when is_on_credit and is_held and unknown_rows = 0 then greatest(0, -open_amount) else 0
        end as decimal(18, 6)
    ) as overpaid,
    is_on_credit and (
        coalesce(abs(computed_balance - api_balance) > tolerance, false)
        or coalesce(abs(computed_balance - left_over) > tolerance, false)
        or coalesce(abs(api_balance - left_over) > tolerance, false)
    ) as is_divergent,
    cast(
        cast(balance as decimal(38, 6)) * rate_of(currency, exchange_rate) as decimal(38, 6)
    ) as balance_mxn,
    as_of - issued_on as days_open,
    as_of - falls_due_on as days_overdue

from chosen
