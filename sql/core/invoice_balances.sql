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
--   may_be_open: false from the day on from which nothing is owed or overpaid and no known balance
--     says else, whatever the tolerance: what asks for open invoices alone leaves those out first
--   invoice_key: a number that stands for the invoice in schema derived

with

rules as (

    select
        as_of,
        is_past,
        team_id,
        terms_default_days,
        tolerance,
        client_terms

    from cut

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
        kept.invoice_key,
        rules.as_of,
        rules.is_past

    from derived.kept_balances as kept

    inner join rules
        on
            kept.settled_on > rules.as_of
            and kept.issued_on <= rules.as_of

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
        sum(amount) filter (where counts and kind = 'complement') as paid,
        count(amount) filter (where counts and kind = 'complement') as complements,
        max(moved_on) filter (where counts and kind = 'complement') as last_paid_on,
        max_by(remaining, coalesce(instalment, 0)) filter (
            where counts and kind = 'complement'
        ) as complement_balance,
        sum(amount) filter (where counts and kind = 'credit_note') as credited,
        sum(amount) filter (where counts and kind = 'advance') as advances,
        count(*) filter (
            where counts is null or (counts and amount is null and kind <> 'complement')
        ) as unknown_rows

    from judged

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

known as (

    -- what is kept holds: nothing happened and nobody said else after the cut
    select
        kept.*,
        kept.paid as paid_then,
        kept.complements as complements_then,
        kept.last_paid_on as last_paid_on_then,
        kept.complement_balance as complement_balance_then,
        kept.credited as credited_then,
        kept.advances as advances_then,
        kept.unknown_rows as unknown_rows_then,
        case when kept.changed_on <= rules.as_of then kept.last_balance end as api_balance,
        rules.as_of,
        rules.is_past,
        rules.tolerance,
        rules.terms_default_days

    from derived.kept_balances as kept

    -- as a case, or the optimizer would expect few rows of it and hold all of them in memory
    inner join rules
        on case
            when
                kept.issued_on <= rules.as_of
                and kept.settled_on <= rules.as_of
                and (kept.changed_on <= rules.as_of or kept.seen_on > rules.as_of)
                and (rules.team_id is null or kept.team_id = rules.team_id)
                then true
        end

    union all

    select
        kept.*,
        cast(
            case when anew.invoice_key is null then kept.paid else coalesce(anew.paid, 0) end
            as decimal(18, 6)
        ) as paid_then,
        cast(
            case when anew.invoice_key is null then kept.complements else coalesce(anew.complements, 0) end
            as integer
        ) as complements_then,
        case when anew.invoice_key is null then kept.last_paid_on else anew.last_paid_on end
            as last_paid_on_then,
        case when anew.invoice_key is null then kept.complement_balance else anew.complement_balance end
            as complement_balance_then,
        cast(
            case when anew.invoice_key is null then kept.credited else coalesce(anew.credited, 0) end
            as decimal(18, 6)
        ) as credited_then,
        cast(
            case when anew.invoice_key is null then kept.advances else coalesce(anew.advances, 0) end
            as decimal(18, 6)
        ) as advances_then,
        cast(
            case when anew.invoice_key is null then kept.unknown_rows else coalesce(anew.unknown_rows, 0) end
            as integer
        ) as unknown_rows_then,
        case
            when not rules.is_past or kept.changed_on <= rules.as_of then kept.last_balance
            when kept.seen_on <= rules.as_of then seen.balance_then
        end as api_balance,
        rules.as_of,
        rules.is_past,
        rules.tolerance,
        rules.terms_default_days

    from derived.kept_balances as kept

    inner join rules
        on
            kept.issued_on <= rules.as_of
            and kept.stirred_on > rules.as_of
            and (kept.settled_on > rules.as_of or kept.seen_on <= rules.as_of)
            and (rules.team_id is null or kept.team_id = rules.team_id)

    left join summed_anew as anew on kept.invoice_key = anew.invoice_key

    left join seen on kept.invoice_key = seen.key

),

owed as (

    select
        *,
        case
            when is_live then true
            when not is_past or ended_on <= as_of then false
            when held_until_on >= as_of then true
        end as is_held,
        cast(total - credited_then - advances_then - paid_then as decimal(18, 6)) as open_amount,
        -- gigstack knows of complements that this mirror cannot read
        is_untold
        or (
            not is_told
            and coalesce(last_balance < total - credited - advances - tolerance, false)
        ) as is_hidden

    from known

),

chosen as (

    select
        owed.*,
        case
            when not is_on_credit then 0
            when is_held and unknown_rows_then = 0 then case when open_amount < 0 then 0 else open_amount end
        end as computed_balance,
        case
            when not is_on_credit then 0
            when is_held and not is_hidden and unknown_rows_then = 0 and open_amount is not null
                then case when open_amount < 0 then 0 else open_amount end
            when is_held then case when api_balance < 0 then 0 else api_balance end
        end as balance,
        case
            when due_on is not null then 'invoice'
            when term_days is not null then 'conditions'
            when not is_on_credit then 'issue'
            when coalesce(by_tax_id.days, by_client_id.days) is not null then 'client'
            when terms_default_days > 0 then 'default'
            else 'issue'
        end as due_source,
        coalesce(
            due_on,
            issued_on + coalesce(
                term_days,
                case
                    when is_on_credit
                        then coalesce(by_tax_id.days, by_client_id.days, terms_default_days)
                end,
                0
            )
        ) as falls_due_on

    from owed

    left join client_terms as by_tax_id on owed.client_tax_id = by_tax_id.client

    left join client_terms as by_client_id on owed.client_id = by_client_id.client

    where coalesce(owed.is_held, true)

)

select
    team_id,
    invoice_id,
    uuid_fiscal,
    series,
    folio_number,
    client_key,
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
    credited_then as credited,
    advances_then as advances,
    paid_then as paid,
    complements_then as complements,
    last_paid_on_then as last_paid_on,
    cast(computed_balance as decimal(18, 6)) as computed_balance,
    complement_balance_then as complement_balance,
    api_balance,
    cast(balance as decimal(18, 6)) as balance,
    case
        when balance is null then 'unknown'
        when is_on_credit and (is_hidden or computed_balance is null) then 'gigstack'
        else 'computed'
    end as balance_source,
    cast(
        case
            when is_on_credit and is_held and unknown_rows_then = 0 and open_amount < 0 then -open_amount
            else 0
        end as decimal(18, 6)
    ) as overpaid,
    is_on_credit and (
        coalesce(abs(computed_balance - api_balance) > tolerance, false)
        or coalesce(abs(computed_balance - complement_balance_then) > tolerance, false)
        or coalesce(abs(api_balance - complement_balance_then) > tolerance, false)
    ) as is_divergent,
    case
        when currency = 'MXN' then cast(cast(balance as decimal(18, 6)) as decimal(38, 6))
        else cast(
            cast(cast(balance as decimal(18, 6)) as decimal(38, 6)) * nullif(exchange_rate, 0)
            as decimal(38, 6)
        )
    end as balance_mxn,
    as_of - issued_on as days_open,
    as_of - falls_due_on as days_overdue,
    quiet_from > as_of as may_be_open,
    invoice_key

from chosen
