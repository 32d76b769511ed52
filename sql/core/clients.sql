-- Who is invoiced.
-- Grain: one row per client. Deleted ones stay, with deleted_at set.
--   team_id: the company whose client it is
--   id: gigstack's id of the client
--   name: name as typed
--   legal_name: name as registered at SAT
--   company: trade name
--   email: main e-mail
--   bcc: further e-mails, a list
--   phone: telephone
--   tax_id: RFC in upper case; XAXX010101000 is the general public, XEXX010101000 foreigners
--   is_generic_tax_id: the RFC stands for many different people
--   tax_system: SAT's code of the tax regime
--   use_cfdi: SAT's code of what invoices are used for
--   country: ISO code of three letters
--   state: state
--   city: city
--   municipality: municipality
--   neighborhood: neighbourhood
--   street: street
--   exterior: street number
--   interior: flat or office number
--   zip: fiscal postal code
--   is_valid: its fiscal data passed SAT's validation
--   is_efos_valid: false when on SAT's list of EFOS (art. 69-B)
--   is_sat_risky: on any of SAT's lists that spell risk
--   sat_checked_at: when those lists were last asked, UTC
--   fiscal_validation_status: the API's word for the validation
--   fiscal_validation_message: why the validation failed
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
    name,
    legal_name,
    company,
    email,
    bcc,
    phone,
    tax_id,
    coalesce(tax_id in ('XAXX010101000', 'XEXX010101000'), false) as is_generic_tax_id,
    tax_system,
    use_cfdi,
    country,
    state,
    city,
    municipality,
    neighborhood,
    street,
    exterior,
    interior,
    zip,
    is_valid,
    is_efos_valid,
    is_sat_risky,
    sat_checked_at,
    fiscal_validation_status,
    fiscal_validation_message,
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

from mirror.clients
