-- SAT's code lists and a few of gigstack's and SAT's own words, read from catalogs.json (`$1`).

select
    entry.catalog,
    entry.code,
    entry.label,
    entry.valid_from,
    entry.valid_to,
    entry.details

from (
    select unnest(from_json(
        $1::varchar,
        '[{
            "catalog": "VARCHAR", "code": "VARCHAR", "label": "VARCHAR",
            "valid_from": "DATE", "valid_to": "DATE", "details": "VARCHAR"
        }]'
    )) as entry
)

order by 1, 2
