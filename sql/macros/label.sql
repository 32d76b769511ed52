-- A SAT code → its official text; an unknown code stays, marked, and NULL stays NULL.
-- One map for all rows: a join for each label would be made even where nobody asks for the label.
-- The macro is made before the table it reads; DuckDB lets that pass because of the first case.
-- P01 was a use of CFDI 3.3 and is still sent.
create or replace macro label(catalog_name, coded) as case
    when coded is null then null
    when catalog_name = 'c_UsoCFDI' and coded = 'P01' then 'P01 (no vigente en 4.0)'
    else coalesce(
        (
            select map(list(entry.code), list(entry.text))
            from (
                select code, any_value(label) as text
                from reference.catalogs
                where catalog = catalog_name
                group by code
            ) as entry
        )[coded],
        coded || ' (desconocido)'
    )
end;
