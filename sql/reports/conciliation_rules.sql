-- The checks of the conciliation: what each one looks for, how bad it is, and what it needs.
-- Grain: one row per check, decided or not.
--   code: C01 to C25
--   title: what is wrong, in English
--   title_es: the same in Spanish
--   severity: critica, alta, media or baja
--   severity_rank: 1 for critica, 4 for baja
--   needs: what the mirror lacks to decide it: XML, the list of art. 69-B …; NULL when it has all
--   source: the rule of law it rests on; NULL for a plain comparison of records
--   rows_in: the view with its rows; NULL when it is not decided

select
    code,
    title,
    title_es,
    severity,
    case severity when 'critica' then 1 when 'alta' then 2 when 'media' then 3 else 4 end
        as severity_rank,
    needs,
    source,
    rows_in

from (
    values
    ('C01', 'At SAT, not in gigstack (issued)', 'En SAT, falta en gigstack (emitida)', 'alta', null, 'CFF 29', 'conciliation_sat'),
    ('C02', 'In gigstack, not at SAT', 'En gigstack, falta en SAT', 'alta', null, 'CFF 29', 'conciliation_sat'),
    ('C03', 'Cancelled at SAT, valid in gigstack', 'Cancelada en SAT, vigente en gigstack', 'critica', null, 'CFF 29-A', 'conciliation_sat'),
    ('C04', 'Cancelled in gigstack, valid at SAT', 'Cancelada en gigstack, vigente en SAT', 'alta', null, 'RMF 2.7.1.34', 'conciliation_sat'),
    ('C05', 'Different total', 'Total distinto', 'alta', null, null, 'conciliation_sat'),
    ('C06', 'Other currency, rate, type, RFC, day', 'Moneda, TC, tipo, RFC o fecha distintos', 'media', null, null, 'conciliation_sat'),
    ('C07', 'Folio fiscal used twice', 'UUID duplicado', 'critica', null, null, 'conciliation_repeated_uuids'),
    ('C08', 'Folio repeated or missing', 'Serie-folio repetido o hueco', 'baja', null, null, 'conciliation_folios'),
    ('C09', 'Possibly invoiced twice', 'Posible doble facturación', 'media', null, null, 'conciliation_doubles'),
    ('C10', 'Payment without invoice', 'Cobro sin factura', 'alta', null, 'CFF 29', 'conciliation_uninvoiced'),
    ('C11', 'Invoice not collected', 'Factura sin cobro', 'alta', null, 'RMF 2.7.1.39', 'conciliation_uncollected'),
    ('C12', 'PPD collected without complement', 'PPD cobrada sin REP', 'critica', null, 'RMF 2.7.1.32', 'conciliation_complements'),
    ('C13', 'Complement stamped late', 'REP tardío', 'media', null, 'RMF 2.7.1.32', 'conciliation_complements'),
    ('C14', 'Complement without payment', 'REP sin cobro', 'media', null, 'RMF 2.7.1.32', 'conciliation_complements'),
    ('C15', 'PUE with complement', 'PUE con REP', 'critica', null, 'RMF 2.7.1.32, 2.7.1.39', 'conciliation_complements'),
    ('C16', 'PPD not by form 99, or PUE by it', 'PPD con forma ≠ 99 o PUE con forma 99', 'media', null, 'RMF 2.7.1.39', 'conciliation_terms'),
    ('C17', 'Refund without credit note', 'Reembolso sin nota de crédito', 'alta', null, 'CFF 29', 'conciliation_credits'),
    ('C18', 'Credit note unrelated or too large', 'E sin relación o que excede la factura', 'media', null, 'CFF 29', 'conciliation_credits'),
    ('C19', 'PPD received without complement', 'Recibida PPD sin REP del proveedor', 'alta', 'XML', 'RMF 2.7.1.32', null),
    ('C20', 'Cancelled by supplier after return', 'Cancelada por proveedor tras declarar', 'critica', null, 'LIVA 5', 'conciliation_sat'),
    ('C21', 'RFC on a list of SAT', 'RFC en 69-B o 49 Bis', 'critica', 'SAT''s list 69-B', 'CFF 69-B, 49 Bis', null),
    ('C22', 'Cancelled in a later month', 'Cancelada tras cierre', 'alta', null, 'CFF 29-A', 'conciliation_sat'),
    ('C23', 'Motive 01 without substitute', 'Cancelada sin sustituto (motivo 01)', 'alta', null, 'RMF 2.7.1.34', 'conciliation_terms'),
    ('C24', 'Payment received twice', 'Cobro duplicado', 'media', null, null, 'conciliation_doubles'),
    ('C25', 'Use and tax regime do not match', 'Uso y régimen incompatibles', 'media', 'SAT''s table of uses', 'c_UsoCFDI', null)
) as rules (code, title, title_es, severity, needs, source, rows_in)
