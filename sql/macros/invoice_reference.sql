-- A link to an invoice → its id as sent, or its folio fiscal in upper case.
create or replace macro invoice_reference(wire) as
    coalesce(fiscal_uuid(reference_id(wire)), reference_id(wire));
