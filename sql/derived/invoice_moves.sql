-- What lowered each invoice of `moved_invoices` by now: complements and credit notes in force, summed up.
-- It holds from settled_on on; for an earlier day invoice_balances sums the rows anew.

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

    where invoice_key in (select moved_invoices.key from moved_invoices)

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
        invoice_key in (select moved_invoices.key from moved_invoices)
        and credit_kind in ('credit_note', 'advance')

)

select
    invoice_key,
    max(greatest(moved_on, ended_on)) as settled_on,
    cast(sum(amount) filter (where is_live and kind = 'complement') as decimal(18, 6)) as paid,
    cast(
        count(amount) filter (where is_live and kind = 'complement') as integer
    ) as complements,
    max(moved_on) filter (where is_live and kind = 'complement') as last_paid_on,
    max_by(remaining, coalesce(instalment, 0)) filter (
        where is_live and kind = 'complement'
    ) as complement_balance,
    cast(sum(amount) filter (where is_live and kind = 'credit_note') as decimal(18, 6)) as credited,
    cast(sum(amount) filter (where is_live and kind = 'advance') as decimal(18, 6)) as advances,
    cast(count(amount) filter (where kind = 'complement') as integer) as told_rows,
    cast(
        count(*) filter (where amount is null and is_live and kind = 'complement') as integer
    ) as untold_rows,
    cast(
        count(*) filter (where amount is null and is_live and kind <> 'complement') as integer
    ) as unknown_rows

from moves

group by invoice_key
