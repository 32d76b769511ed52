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
--   invoice_key: a number that stands for the invoice in schema derived

with

newest_run as (

    select cast(max(coalesce(finished_at, started_at)) - interval 6 hour as date) as ended_on
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
        term.client,
        max(term.days) as days

    from terms

    group by term.client

),

unsettled as (

    -- invoices something happened to after the cut: their rows are summed anew
    select
        sums.*,
        rules.as_of,
        rules.is_past

    from derived.invoice_moves as sums

    inner join rules on sums.settled_on > rules.as_of

),

judged as (

    select
        unsettled.invoice_key,
        'complement' as kind,
        said.paid as amount,
        said.remaining,
        said.instalment,
        said.paid_on as moved_on,
        said.paid_on <= unsettled.as_of
        and case
            when said.is_live then true
            when not unsettled.is_past or said.ended_on <= unsettled.as_of then false
            when said.held_until_on >= unsettled.as_of then true
        end as counts

    from derived.complement_rows as said

    inner join unsettled on said.invoice_key = unsettled.invoice_key

    union all

    select
        unsettled.invoice_key,
        said.credit_kind as kind,
        said.invoice_amount as amount,
        null as remaining,
        null as instalment,
        said.issued_on as moved_on,
        said.issued_on <= unsettled.as_of
        and case
            when said.is_live then true
            when not unsettled.is_past or said.ended_on <= unsettled.as_of then false
            when said.held_until_on >= unsettled.as_of then true
        end as counts

    from derived.credit_allocations as said

    inner join unsettled on said.invoice_key = unsettled.invoice_key

    where said.credit_kind in ('credit_note', 'advance')

),

summed_anew as (

    select
        invoice_key,
        cast(
            sum(amount) filter (where counts and kind = 'complement') as decimal(18, 6)
        ) as paid_then,
        cast(
            count(amount) filter (where counts and kind = 'complement') as integer
        ) as complement_count,
        max(moved_on) filter (where counts and kind = 'complement') as newest_paid_on,
        max_by(remaining, coalesce(instalment, 0)) filter (
            where counts and kind = 'complement'
        ) as left_over,
        cast(
            sum(amount) filter (where counts and kind = 'credit_note') as decimal(18, 6)
        ) as credited_then,
        cast(
            sum(amount) filter (where counts and kind = 'advance') as decimal(18, 6)
        ) as advances_then,
        cast(
            count(*) filter (
                where counts is null or (counts and amount is null and kind <> 'complement')
            ) as integer
        ) as unknown_then

    from judged

    group by invoice_key

),

moved as (

    select
        sums.invoice_key,
        sums.paid,
        sums.complements,
        sums.last_paid_on,
        sums.complement_balance,
        sums.credited,
        sums.advances,
        sums.unknown_rows,
        coalesce(sums.credited, 0) + coalesce(sums.advances, 0) as credited_now,
        sums.told_rows,
        sums.untold_rows

    from derived.invoice_moves as sums

    inner join rules on sums.settled_on <= rules.as_of

    union all

    select
        unsettled.invoice_key,
        summed_anew.paid_then as paid,
        summed_anew.complement_count as complements,
        summed_anew.newest_paid_on as last_paid_on,
        summed_anew.left_over as complement_balance,
        summed_anew.credited_then as credited,
        summed_anew.advances_then as advances,
        summed_anew.unknown_then as unknown_rows,
        coalesce(unsettled.credited, 0) + coalesce(unsettled.advances, 0) as credited_now,
        unsettled.told_rows,
        unsettled.untold_rows

    from unsettled

    inner join summed_anew on unsettled.invoice_key = summed_anew.invoice_key

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
        invoices.key,
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
        case
            when invoices.status = 'valid' and invoices.deleted_at is null then true
            when
                not rules.is_past
                or least(
                    invoices.cancelled_on,
                    cast(invoices.deleted_at - interval 6 hour as date),
                    undated.ended_on
                ) <= rules.as_of
                then false
            when
                invoices.status = 'valid'
                or invoices.cancelled_on is not null
                or undated.held_until_on >= rules.as_of
                then true
        end as is_held,
        coalesce(moved.credited, 0) as credited,
        coalesce(moved.advances, 0) as advances,
        coalesce(moved.paid, 0) as paid,
        coalesce(moved.complements, 0) as complements,
        moved.last_paid_on as newest_paid_on,
        moved.complement_balance as left_over,
        coalesce(moved.unknown_rows, 0) as unknown_rows,
        invoices.total
        - coalesce(moved.credited, 0)
        - coalesce(moved.advances, 0)
        - coalesce(moved.paid, 0) as open_amount,
        -- gigstack knows of complements that this mirror cannot read
        coalesce(moved.untold_rows, 0) > 0
        or coalesce(invoices.installments, 0) > coalesce(moved.told_rows, 0)
        or (
            coalesce(moved.told_rows, 0) = 0
            and coalesce(
                invoices.last_balance
                < invoices.total - coalesce(moved.credited_now, 0) - rules.tolerance,
                false
            )
        ) as is_hidden,
        case
            when not rules.is_past or cast(invoices.changed_at - interval 6 hour as date) <= rules.as_of
                then invoices.last_balance
            when cast(invoices.first_seen_at - interval 6 hour as date) <= rules.as_of then seen.balance_then
        end as api_balance,
        rules.as_of,
        rules.terms_default_days,
        rules.tolerance

    from mirror.invoices_income as invoices

    inner join rules
        on
            invoices.issued_on <= rules.as_of
            and (rules.team_id is null or invoices.team_id = rules.team_id)

    left join moved on invoices.key = moved.invoice_key

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
            when summed.is_held and summed.unknown_rows = 0 then case when summed.open_amount < 0 then 0 else summed.open_amount end
        end as computed_balance,
        case
            when not summed.is_on_credit then 0
            when summed.is_held and not summed.is_hidden and summed.unknown_rows = 0
                and summed.open_amount is not null
                then case when summed.open_amount < 0 then 0 else summed.open_amount end
            when summed.is_held then case when summed.api_balance < 0 then 0 else summed.api_balance end
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

    left join client_terms as by_tax_id on summed.client_tax_id = by_tax_id.client

    left join client_terms as by_client_id on summed.client_id = by_client_id.client

    where coalesce(summed.is_held, true)

)

select
    team_id,
    id as invoice_id,
    uuid_fiscal,
    series,
    folio_number,
    coalesce(
        case
            when client_tax_id not in ('XAXX010101000', 'XEXX010101000')
                then nullif(client_tax_id, '')
        end,
        nullif(client_id, ''),
        nullif(client_name, ''),
        id
    ) as client_key,
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
            when is_on_credit and is_held and unknown_rows = 0 and open_amount < 0 then -open_amount
            else 0
        end as decimal(18, 6)
    ) as overpaid,
    is_on_credit and (
        coalesce(abs(computed_balance - api_balance) > tolerance, false)
        or coalesce(abs(computed_balance - left_over) > tolerance, false)
        or coalesce(abs(api_balance - left_over) > tolerance, false)
    ) as is_divergent,
    cast(
        cast(balance as decimal(38, 6))
        * case when currency = 'MXN' then 1 else nullif(exchange_rate, 0) end
        as decimal(38, 6)
    ) as balance_mxn,
    as_of - issued_on as days_open,
    as_of - falls_due_on as days_overdue,
    key as invoice_key

from chosen
