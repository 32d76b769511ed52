-- Payment complements (P): what invoices.sql makes of them, and the payments they hold.
-- `complements_text` is their part of the payload with its digits kept.

with

sent as (

    select
        *,
        case
            when json_valid(kept.payload)
                then from_json(kept.payload, '{"complements": "VARCHAR"}').complements
        end as complements_sent

    from invoices

),

texts as (

    select
        *,
        case
            when len(complements_sent) > 2
                then from_json(
                    quoted_numbers(kept.payload), '{"complements": "VARCHAR"}'
                ).complements
            else complements_sent
        end as complements_text

    from sent

),

paying as (

    select
        *,
        complement_payments_read(complement_bodies(complements_text)) as complement_payments

    from texts

),

paid as (

    select
        *,
        complement_documents_read(complement_payments) as complement_documents

    from paying

),

typed as (

    select
        *,
        case
            when
                json_valid(complements_text)
                and not regexp_matches(
                    complements_text,
                    '"(amount|Monto|ImpPagado|[a-z]+_amount|[a-z]+_balance)":(true|false)'
                )
                then coalesce(typed_complements(complement_payments, complement_documents), [])
        end as complements

    from paid

)

select
    * exclude (
        drift, complements_sent, complements_text, complement_payments, complement_documents
    ),
    drifted(
        list_append(drift, lost('complements', left(complements_sent, 20), complements))
    ) as drift

from typed
