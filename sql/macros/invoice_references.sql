-- A list of links to invoices → ids as sent, or folios fiscales in upper case, without nulls.
create or replace macro invoice_references(wires) as list_transform(
    reference_ids(wires), lambda id: coalesce(fiscal_uuid(id), id)
);
