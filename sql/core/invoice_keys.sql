-- Every name an invoice can be called by, to resolve links between records.
-- Grain: one row per invoice and name. Should two invoices share a folio fiscal, it names both.
--   team_id: the company that issued the invoice
--   reference: gigstack's id, or the folio fiscal in upper case
--   invoice_id: gigstack's id of the invoice
--   uuid_fiscal: folio fiscal of the invoice
--   invoice_type: I income, E credit note, P payment complement, T transfer, N payroll
--   is_live: valid at SAT and not deleted

select
    team_id,
    invoice_id as reference,
    invoice_id,
    uuid_fiscal,
    invoice_type,
    is_live

from invoice_documents

union all

select
    team_id,
    uuid_fiscal as reference,
    invoice_id,
    uuid_fiscal,
    invoice_type,
    is_live

from invoice_documents

where uuid_fiscal <> invoice_id
