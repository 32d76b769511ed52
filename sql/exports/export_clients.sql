-- Clients for a file: the official export's columns first, in its order and under its names, then ours.
-- Grain: one row per client that is not deleted.
--   id: gigstack's id of the client
--   legal_name: name as registered at SAT, else the name as typed
--   tax_id: RFC in upper case
--   email: main e-mail
--   tax_system: SAT's code of the tax regime
--   use: SAT's code of what invoices are used for
--   zip: fiscal postal code
--   is_valid: its fiscal data passed SAT's validation
--   created_at: local day it was created, as the official export writes it
--   name: name as typed
--   company: trade name
--   phone: telephone
--   tax_system_label: SAT's text of the code
--   use_label: SAT's text of the code
--   is_generic_tax_id: the RFC stands for many different people
--   is_efos_valid: false when on SAT's list of EFOS (art. 69-B)
--   is_sat_risky: on any of SAT's lists that spell risk
--   state: state
--   city: city
--   team_id: the company whose client it is

select
    id,
    coalesce(nullif(legal_name, ''), name) as legal_name,
    tax_id,
    email,
    tax_system,
    use_cfdi as use,
    zip,
    is_valid,
    created_on as created_at,
    name,
    company,
    phone,
    label('c_RegimenFiscal', tax_system) as tax_system_label,
    label('c_UsoCFDI', use_cfdi) as use_label,
    is_generic_tax_id,
    is_efos_valid,
    is_sat_risky,
    state,
    city,
    team_id

from clients

where deleted_at is null
