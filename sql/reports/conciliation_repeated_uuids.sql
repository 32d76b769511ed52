-- One folio fiscal for two different records: check C07.
-- Grain: one row per company and folio fiscal used twice, in gigstack or among SAT's records.
--   team_id: the company
--   code: C07
--   state: always found
--   dated_on: day of issue
--   currency: ISO code; XXX where there is no amount
--   amount: total of the first of the records
--   record_type: I, E, P, T, or payment
--   invoice_id: gigstack's id of the first record; NULL at SAT
--   payment_id: always NULL here
--   uuid_fiscal: folio fiscal of the invoice
--   related_id: id of the last of the records
--   client_name: the client
--   due_on: always NULL here
--   note: what is wrong, in words

with

twice_in_gigstack as (

    select
        team_id,
        uuid_fiscal,
        min(issued_on) as dated_on,
        min_by(currency, id) as currency,
        min_by(total, id) as amount,
        min_by(invoice_type, id) as record_type,
        min(id) as invoice_id,
        max(id) as related_id,
        min_by(client_name, id) as client_name,
        'in gigstack, ' || count(*) || ' records' as note

    -- among these are all whose folio fiscal repeats
    from conciliation_unlike_documents

    group by
        team_id,
        uuid_fiscal

    having
        count(distinct hash(
            invoice_type, status, currency, total, client_tax_id, series, folio_number, issued_on
        )) > 1

),

twice_at_sat as (

    select
        sat_cfdis.team_id,
        sat_cfdis.uuid_fiscal,
        min(sat_cfdis.issued_on) as dated_on,
        min_by(sat_cfdis.currency, sat_cfdis.id) as currency,
        min_by(sat_cfdis.total, sat_cfdis.id) as amount,
        min_by(sat_cfdis.invoice_type, sat_cfdis.id) as record_type,
        cast(null as varchar) as invoice_id,
        max(sat_cfdis.id) as related_id,
        min_by(sat_cfdis.receiver_name, sat_cfdis.id) as client_name,
        'in SAT''s records, ' || count(*) || ' of them' as note

    from derived.unlike_sat_records as sat_cfdis

    cross join cut

    where
        sat_cfdis.issued_on <= cut.as_of
        and (cut.team_id is null or sat_cfdis.team_id = cut.team_id)

    group by
        sat_cfdis.team_id,
        sat_cfdis.direction,
        sat_cfdis.uuid_fiscal

    having
        count(distinct hash(
            sat_cfdis.invoice_type, sat_cfdis.status, sat_cfdis.currency, sat_cfdis.total,
            sat_cfdis.issuer_tax_id, sat_cfdis.receiver_tax_id, sat_cfdis.issued_on
        )) > 1

)

select
    team_id,
    'C07' as code,
    'found' as state,
    dated_on,
    currency,
    amount,
    record_type,
    invoice_id,
    cast(null as varchar) as payment_id,
    uuid_fiscal,
    related_id,
    client_name,
    cast(null as date) as due_on,
    note

from twice_in_gigstack

union all

select
    team_id,
    'C07' as code,
    'found' as state,
    dated_on,
    currency,
    amount,
    record_type,
    invoice_id,
    null as payment_id,
    uuid_fiscal,
    related_id,
    client_name,
    null as due_on,
    note

from twice_at_sat
