-- What was invoiced: the concepts of every invoice.
-- Grain: one row per concept of an invoice.
--   team_id: the company that issued the invoice
--   invoice_id: gigstack's id of the invoice
--   uuid_fiscal: folio fiscal of the invoice
--   invoice_type: I income, E credit note, P payment complement, T transfer, N payroll
--   is_live: the invoice is valid at SAT and not deleted
--   issued_on: local day of the invoice
--   currency: ISO code; amounts of this row are in it
--   position: place within the invoice, from 1
--   service_id: gigstack's id of the service sold
--   description: text of the concept
--   product_key: SAT's product or service code
--   unit_key: SAT's unit code
--   unit_name: name of the unit
--   sku: the company's own code
--   taxability: SAT's code (objeto de impuesto), 01 to 08
--   quantity: units; 1 where none was sent
--   unit_price: price of a unit
--   amount: quantity × unit_price, six decimals
--   discount: taken off the amount; 0 where none was sent
--   net_amount: amount - discount, before taxes
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

)

select
    team_id,
    invoice_id,
    uuid_fiscal,
    invoice_type,
    is_live,
    issued_on,
    currency,
    item.position as position,
    item.id as service_id,
    item.description as description,
    item.product_key as product_key,
    item.unit_key as unit_key,
    item.unit_name as unit_name,
    item.sku as sku,
    item.taxability as taxability,
    coalesce(item.quantity, 1) as quantity,
    item.unit_price as unit_price,
    item.amount as amount,
    coalesce(item.discount, 0) as discount,
    cast(item.amount as decimal(38, 6)) - coalesce(item.discount, 0) as net_amount,
    deleted_at

from lines
