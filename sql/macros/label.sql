-- A SAT code → its official text; an unknown code stays, marked, and NULL stays NULL.
-- P01 was a use of CFDI 3.3 and is still sent.
create or replace macro label(catalog_name, coded) as case
    when coded is null then null
    when catalog_name = 'c_UsoCFDI' and coded = 'P01' then 'P01 (no vigente en 4.0)'
    else coalesce(
        (
            select any_value(entry.label)
            from reference.catalogs as entry
            where entry.catalog = catalog_name and entry.code = coded
        ),
        coded || ' (desconocido)'
    )
end;
