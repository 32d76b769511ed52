-- The taxes of every concept of every invoice.
-- Grain: one row per tax of a concept.
--   team_id: the company that issued the invoice
--   invoice_id: gigstack's id of the invoice
--   uuid_fiscal: folio fiscal of the invoice
--   invoice_type: I income, E credit note, P payment complement, T transfer, N payroll
--   is_live: the invoice is valid at SAT and not deleted
--   issued_on: local day of the invoice
--   currency: ISO code; amounts of this row are in it
--   item_position: place of the concept within the invoice, from 1
--   position: place of the tax within the concept, from 1
--   tax: IVA, ISR or IEPS; another word stays as sent
--   factor: Tasa (a share), Cuota (an amount per unit) or Exento; Tasa where none was sent
--   rate: share of the base, such as 0.160000, or pesos per unit; NULL for Exento
--   base: what it is charged on: the base as sent, but amount - discount when none was sent, when
--       only the unit price of several units was sent, or when the price contains the tax, which
--       is then taken out; for a Cuota without a base, the quantity
--   amount: base × rate, six decimals; 0 for Exento
--   signed_amount: amount, negative for a withholding
--   is_withholding: withheld by the client rather than charged
--   is_inclusive: the unit price already contains it
--   deleted_at: when the sync found the invoice gone, UTC

with

lines as (

    select
        team_id,
        invoice_id,
        uuid_fiscal,
        invoice_type,
        is_live,
        issued_on,
        currency,
        deleted_at,
        unnest(items) as item

    from invoice_documents

),

taxes as (

    select
        * exclude (item),
        item.position as item_position,
        unnest(item.taxes) as tax

    from lines

)

select
    team_id,
    invoice_id,
    uuid_fiscal,
    invoice_type,
    is_live,
    issued_on,
    currency,
    item_position,
    tax.position as position,
    case upper(tax.type)
        when '001' then 'ISR'
        when '002' then 'IVA'
        when '003' then 'IEPS'
        else upper(tax.type)
    end as tax,
    case lower(coalesce(tax.factor, ''))
        when 'exento' then 'Exento'
        when 'cuota' then 'Cuota'
        else 'Tasa'
    end as factor,
    tax.rate as rate,
    tax.base as base,
    tax.amount as amount,
    case when tax.is_withholding then -tax.amount else tax.amount end as signed_amount,
    tax.is_withholding as is_withholding,
    tax.is_inclusive as is_inclusive,
    deleted_at

from taxes
