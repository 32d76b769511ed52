-- Who owes: the RFC, but for the RFCs that stand for many people, gigstack's id of the client, else
-- the name; without any of them each document is somebody else's.
create or replace macro client_key(tax_id, client_id, client_name, document_id) as coalesce(
    case when tax_id not in ('XAXX010101000', 'XEXX010101000') then nullif(tax_id, '') end,
    nullif(client_id, ''),
    nullif(client_name, ''),
    document_id
);
