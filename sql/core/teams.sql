-- The companies of this account.
-- Grain: one row per company. Deleted ones stay, with deleted_at set.
--   id: gigstack's id of the team; the other views call it team_id
--   name: name of the company
--   legal_name: name as registered at SAT
--   alias: brand name
--   tax_id: RFC in upper case
--   tax_system: SAT's code of the tax regime
--   zip: fiscal postal code
--   is_sat_connected: its certificate (CSD) is set up for stamping
--   sat_connected_at: when it was set up, UTC
--   csd_expires_at: when the certificate expires, UTC
--   csd_expires_on: local day of csd_expires_at
--   credits: stamps left
--   is_livemode: false in test mode
--   created_at: when it was created, UTC
--   created_on: local day of created_at
--   settings: its settings, JSON text
--   first_seen_at: when the sync first saw it, UTC
--   changed_at: when the sync last saw it change, UTC
--   deleted_at: when the sync found it gone, UTC; NULL while it exists

select
    id,
    name,
    legal_name,
    alias,
    tax_id,
    tax_system,
    zip,
    is_sat_connected,
    sat_connected_at,
    csd_expires_at,
    csd_expires_on,
    credits,
    is_livemode,
    created_at,
    created_on,
    settings,
    first_seen_at,
    changed_at,
    deleted_at

from mirror.teams
