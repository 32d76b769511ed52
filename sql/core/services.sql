-- The catalogue: what is sold, with its SAT codes and price.
-- Grain: one row per service. Deleted ones stay, with deleted_at set.
--   team_id: the company that sells it
--   id: gigstack's id of the service
--   description: text put on invoices
--   sku: the company's own code
--   product_key: SAT's product or service code
--   unit_key: SAT's unit code
--   unit_name: name of the unit
--   taxability: SAT's code (objeto de impuesto), 01 to 08
--   unit_price: price of a unit; the API gives no currency
--   quantity: default quantity
--   taxes: taxes as a list of structs, their base and amount for one unit
--   is_livemode: false in test mode
--   created_at: when it was created, UTC
--   created_on: local day of created_at
--   origin: what created it, such as api
--   owner_id: user that created it
--   metadata: free form, JSON text
--   is_partial: only the fields of the list are known yet
--   first_seen_at: when the sync first saw it, UTC
--   changed_at: when the sync last saw it change, UTC
--   deleted_at: when the sync found it gone, UTC; NULL while it exists

select
    team_id,
    id,
    description,
    sku,
    product_key,
    unit_key,
    unit_name,
    taxability,
    unit_price,
    quantity,
    taxes,
    is_livemode,
    created_at,
    created_on,
    origin,
    owner_id,
    metadata,
    is_partial,
    first_seen_at,
    changed_at,
    deleted_at

from mirror.services
