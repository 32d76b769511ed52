-- Invoices that can be owed: PPD, ever in force; and how long they were.
-- Grain: one row per invoice of type I that was stamped, cancelled and deleted ones too.
--   invoice_key: a number that stands for the invoice in schema derived
--   team_id: the company that issued it
--   invoice_id: gigstack's id of the invoice
--   uuid_fiscal: folio fiscal in upper case
--   document: series and folio
--   client_key: who owes; see invoice_balances
--   client_name: legal name on the invoice, else the client's name
--   currency: ISO code; total is in it
--   total: total of the invoice
--   issued_on: local day of the invoice
--   is_live: valid at SAT and not deleted
--   held_until_on: last local day it is known to have been in force; NULL while it is, or when
--     no such day is known
--   ended_on: first local day it is known not to be in force; NULL while it is

select
    invoices.key as invoice_key,
    invoices.team_id,
    invoices.id as invoice_id,
    invoices.uuid_fiscal,
    concat_ws('-', invoices.series, invoices.folio_number) as document,
    coalesce(
        case
            when invoices.client_tax_id not in ('XAXX010101000', 'XEXX010101000')
                then nullif(invoices.client_tax_id, '')
        end,
        nullif(invoices.client_id, ''),
        nullif(coalesce(nullif(invoices.client_legal_name, ''), invoices.client_name), ''),
        invoices.id
    ) as client_key,
    coalesce(nullif(invoices.client_legal_name, ''), invoices.client_name) as client_name,
    invoices.currency,
    invoices.total,
    invoices.issued_on,
    invoices.status = 'valid' and invoices.deleted_at is null as is_live,
    case
        when invoices.status = 'valid' or invoices.cancelled_on is not null
            then least(
                invoices.cancelled_on, cast(invoices.deleted_at - interval 6 hour as date)
            ) - 1
        else undated.held_until_on
    end as held_until_on,
    least(
        invoices.cancelled_on,
        cast(invoices.deleted_at - interval 6 hour as date),
        undated.ended_on
    ) as ended_on

from mirror.invoices_income as invoices

left join derived.undated_cancellations as undated
    on
        undated.stream = 'invoices_income'
        and invoices.key = undated.key

where
    invoices.status in ('valid', 'cancelled')
    and coalesce(invoices.invoice_type, 'I') = 'I'
    and coalesce(invoices.payment_method = 'PPD', invoices.last_balance is not null)
