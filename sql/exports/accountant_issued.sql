-- CFDI issued in the period of view `cut`, one line each, in the columns an accountant expects.
-- Taxes are those of the concepts; balances are as of the cut. Amounts of E stay positive.
-- Grain: one row per CFDI issued (I, E, P, T) and not deleted; pending ones left out.
--   uuid_fiscal: folio fiscal in upper case
--   sat_status: Vigente or Cancelado at SAT; NULL when SAT's record is not in this mirror
--   gigstack_status: the state as gigstack says
--   invoice_type: I income, E credit note, P payment complement, T transfer
--   series: series of the folio
--   folio_number: folio within the series, as text
--   issued_on: local day of the invoice
--   stamped_on: local day of SAT's stamp
--   issuer_tax_id: RFC of the company
--   client_rfc: RFC of the client
--   client_name: legal name on the invoice
--   client_tax_system: SAT's code of the client's tax regime
--   use_cfdi: SAT's code of what the client uses it for
--   payment_method: PUE or PPD
--   payment_form: SAT's code of how it is paid
--   currency: ISO code; amounts of this row are in it
--   exchange_rate: pesos per unit of currency
--   subtotal: before discount and taxes
--   discount: taken off the subtotal
--   base_16: what IVA of 16 % is charged on
--   iva_16: IVA of 16 %
--   base_8: what IVA of 8 % (border) is charged on
--   iva_8: IVA of 8 %
--   base_0: what IVA of 0 % is charged on
--   base_exempt: exempt from IVA
--   ieps: IEPS charged
--   iva_withheld: IVA withheld by the client
--   isr_withheld: ISR withheld by the client
--   total: with taxes
--   total_mxn: total in pesos at the document's own rate
--   paid: of an I, paid by complements as of the cut
--   balance: of an I, owed as of the cut
--   due_on: of an I, the day it is due
--   days_overdue: days since then at the cut
--   related_uuids: documents it refers to
--   cancellation_motive: SAT's motive, 01 to 04
--   cancelled_on: local day of cancellation

with

taxes as (

    select
        invoice_taxes.team_id,
        invoice_taxes.invoice_id,
        invoice_taxes.invoice_type,
        sum(base) filter (where tax = 'IVA' and not is_withholding and rate = 0.16) as base_16,
        sum(amount) filter (where tax = 'IVA' and not is_withholding and rate = 0.16) as iva_16,
        sum(base) filter (where tax = 'IVA' and not is_withholding and rate = 0.08) as base_8,
        sum(amount) filter (where tax = 'IVA' and not is_withholding and rate = 0.08) as iva_8,
        sum(base) filter (
            where tax = 'IVA' and not is_withholding and rate = 0 and factor <> 'Exento'
        ) as base_0,
        sum(base) filter (
            where tax = 'IVA' and not is_withholding and factor = 'Exento'
        ) as base_exempt,
        sum(amount) filter (where tax = 'IEPS' and not is_withholding) as ieps,
        sum(amount) filter (where tax = 'IVA' and is_withholding) as iva_withheld,
        sum(amount) filter (where tax = 'ISR' and is_withholding) as isr_withheld

    from invoice_taxes

    cross join cut

    where within_period(invoice_taxes.issued_on, cut.from_on, cut.to_on)

    group by invoice_taxes.team_id, invoice_taxes.invoice_id, invoice_taxes.invoice_type

),

relations as (

    select
        invoice_relations.team_id,
        invoice_relations.invoice_id,
        invoice_relations.invoice_type,
        string_agg(
            distinct coalesce(invoice_relations.related_uuid, invoice_relations.related_reference),
            ' | '
            order by coalesce(invoice_relations.related_uuid, invoice_relations.related_reference)
        ) as related_uuids

    from invoice_relations

    cross join cut

    where within_period(invoice_relations.issued_on, cut.from_on, cut.to_on)

    group by
        invoice_relations.team_id, invoice_relations.invoice_id, invoice_relations.invoice_type

),

sat as (

    -- a day to each side: SAT writes the time of Central Mexico, the invoice its own zone's
    select
        sat_cfdis.team_id,
        sat_cfdis.uuid_fiscal,
        min(sat_cfdis.status_raw) as sat_status

    from sat_cfdis

    cross join cut

    where
        sat_cfdis.direction = 'issued'
        and sat_cfdis.deleted_at is null
        and within_period(sat_cfdis.issued_on, cut.from_on - 1, cut.to_on + 1)

    group by sat_cfdis.team_id, sat_cfdis.uuid_fiscal

),

balances as (

    select
        invoice_balances.team_id,
        invoice_balances.invoice_id,
        invoice_balances.paid,
        invoice_balances.balance,
        invoice_balances.due_on,
        invoice_balances.days_overdue

    from invoice_balances

    cross join cut

    where within_period(invoice_balances.issued_on, cut.from_on, cut.to_on)

)

select
    invoices.uuid_fiscal,
    sat.sat_status,
    invoices.status as gigstack_status,
    invoices.invoice_type,
    invoices.series,
    invoices.folio_number,
    invoices.issued_on,
    invoices.stamped_on,
    invoices.issuer_tax_id,
    invoices.client_tax_id as client_rfc,
    invoices.client_name,
    invoices.client_tax_system,
    invoices.use_cfdi,
    invoices.payment_method,
    invoices.payment_form,
    invoices.currency,
    invoices.exchange_rate,
    invoices.subtotal,
    invoices.discount,
    cast(taxes.base_16 as decimal(38, 6)) as base_16,
    cast(taxes.iva_16 as decimal(38, 6)) as iva_16,
    cast(taxes.base_8 as decimal(38, 6)) as base_8,
    cast(taxes.iva_8 as decimal(38, 6)) as iva_8,
    cast(taxes.base_0 as decimal(38, 6)) as base_0,
    cast(taxes.base_exempt as decimal(38, 6)) as base_exempt,
    cast(taxes.ieps as decimal(38, 6)) as ieps,
    cast(taxes.iva_withheld as decimal(38, 6)) as iva_withheld,
    cast(taxes.isr_withheld as decimal(38, 6)) as isr_withheld,
    invoices.total,
    invoices.total_mxn,
    balances.paid,
    balances.balance,
    balances.due_on,
    balances.days_overdue,
    relations.related_uuids,
    invoices.cancellation_motive,
    invoices.cancelled_on

from invoices

cross join cut

left join taxes
    on
        invoices.team_id = taxes.team_id
        and invoices.id = taxes.invoice_id
        and invoices.invoice_type = taxes.invoice_type

left join relations
    on
        invoices.team_id = relations.team_id
        and invoices.id = relations.invoice_id
        and invoices.invoice_type = relations.invoice_type

left join sat
    on
        invoices.team_id = sat.team_id
        and invoices.uuid_fiscal = sat.uuid_fiscal

left join balances
    on
        invoices.invoice_type = 'I'
        and invoices.team_id = balances.team_id
        and invoices.id = balances.invoice_id

where
    invoices.deleted_at is null
    and invoices.status in ('valid', 'cancelled')
    and within_period(invoices.issued_on, cut.from_on, cut.to_on)
    and (cut.team_id is null or invoices.team_id = cut.team_id)
