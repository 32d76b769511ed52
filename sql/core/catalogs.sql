-- Labels of SAT's codes, as SAT writes them (Spanish); names beginning x_ are not SAT catalogues.
-- Grain: one row per catalog and code.
--   catalog: c_FormaPago, c_MetodoPago, c_UsoCFDI, c_RegimenFiscal, c_TipoRelacion, c_Moneda …
--   code: the code as written in a CFDI
--   label: official text
--   valid_from: first day SAT accepts the code; NULL when not stated
--   valid_to: last day SAT accepts the code; NULL while it is in use
--   details: other facts of the entry as JSON text; keys are SAT's

select
    catalog,
    code,
    label,
    valid_from,
    valid_to,
    details

from reference.catalogs
