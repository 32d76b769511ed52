-- Every income invoice of `touched` ever in force: what it says, and what lowered it by now, summed up.
-- The sums hold from settled_on on, all of it from stirred_on on; for an earlier day invoice_balances
-- sums the rows anew. From quiet_from on it owes nothing and nobody says else, whatever the
-- tolerance; 9999-12-31 while it does.

with

moves as (

    select
        invoice_key,
        'complement' as kind,
        paid as amount,
        remaining,
        instalment,
        paid_on as moved_on,
        is_live,
        ended_on

    from derived.complement_rows

    where invoice_key in (select touched.key from touched)

    union all

    select
        invoice_key,
        credit_kind as kind,
        invoice_amount as amount,
        null as remaining,
        null as instalment,
        issued_on as moved_on,
        is_live,
        ended_on

    from derived.credit_allocations

    where
        invoice_key in (select touched.key from touched)
        and credit_kind in ('credit_note', 'advance')

),

sums as (

    select
        invoice_key,
        max(greatest(moved_on, ended_on)) as settled_on,
        sum(amount) filter (where is_live and kind = 'complement') as paid,
        count(amount) filter (where is_live and kind = 'complement') as complements,
        max(moved_on) filter (where is_live and kind = 'complement') as last_paid_on,
        max_by(remaining, coalesce(instalment, 0)) filter (
            where is_live and kind = 'complement'
        ) as complement_balance,
        sum(amount) filter (where is_live and kind = 'credit_note') as credited,
        sum(amount) filter (where is_live and kind = 'advance') as advances,
        count(amount) filter (where kind = 'complement') as told_rows,
        count(*) filter (where amount is null and is_live and kind = 'complement') as untold_rows,
        count(*) filter (where amount is null and is_live and kind <> 'complement') as unknown_rows

    from moves

    group by invoice_key

),

summed as (

    select
        invoices.key as invoice_key,
        invoices.team_id,
        invoices.id as invoice_id,
        invoices.uuid_fiscal,
        invoices.series,
        invoices.folio_number,
        client_key(
            invoices.client_tax_id,
            invoices.client_id,
            coalesce(nullif(invoices.client_legal_name, ''), invoices.client_name),
            invoices.id
        ) as client_key,
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
        invoices.last_balance,
        coalesce(invoices.payment_method = 'PPD', invoices.last_balance is not null) as is_on_credit,
        invoices.status = 'valid' and invoices.deleted_at is null as is_live,
        case
            when invoices.status = 'valid' or invoices.cancelled_on is not null
                then least(invoices.cancelled_on, central_day(invoices.deleted_at)) - 1
            else undated.held_until_on
        end as held_until_on,
        least(
            invoices.cancelled_on, central_day(invoices.deleted_at), undated.ended_on
        ) as ended_on,
        central_day(invoices.first_seen_at) as seen_on,
        central_day(invoices.changed_at) as changed_on,
        coalesce(sums.settled_on, invoices.issued_on) as settled_on,
        cast(coalesce(sums.paid, 0) as decimal(18, 6)) as paid,
        cast(coalesce(sums.complements, 0) as integer) as complements,
        sums.last_paid_on,
        sums.complement_balance,
        cast(coalesce(sums.credited, 0) as decimal(18, 6)) as credited,
        cast(coalesce(sums.advances, 0) as decimal(18, 6)) as advances,
        cast(coalesce(sums.unknown_rows, 0) as integer) as unknown_rows,
        coalesce(sums.told_rows, 0) > 0 as is_told,
        -- gigstack knows of complements that this mirror cannot read
        coalesce(sums.untold_rows, 0) > 0
        or coalesce(invoices.installments, 0) > coalesce(sums.told_rows, 0) as is_untold

    from mirror.invoices_income as invoices

    left join sums on invoices.key = sums.invoice_key

    left join derived.undated_cancellations as undated
        on
            undated.stream = 'invoices_income'
            and invoices.key = undated.key

    where
        invoices.key in (select touched.key from touched)
        and invoices.status in ('valid', 'cancelled')
        and coalesce(invoices.invoice_type, 'I') = 'I'

)

select
    *,
    greatest(settled_on, changed_on) as stirred_on,
    case
        when not is_on_credit then date '0001-01-01'
        when
            is_live
            and unknown_rows = 0
            and not is_untold
            and total = paid + credited + advances
            and coalesce(last_balance, 0) = 0
            and coalesce(complement_balance, 0) = 0
            then greatest(settled_on, case when seen_on < changed_on then changed_on end)
        else date '9999-12-31'
    end as quiet_from

from summed

-- what is open lies together, so that a view reads little else
order by quiet_from, invoice_key
