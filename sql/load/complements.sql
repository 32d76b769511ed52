-- Payment complements (P): what invoices.sql makes of them, and the payments they hold.
-- `usual` reads the API's own layout in one go. What is laid out otherwise is taken apart step by
-- step from `complements_text`, which costs many times the memory; its digits are kept.

with

read_once as (

    select
        *,
        try(from_json(kept.payload, complement_usual_shape())).complements as usual

    from invoices

),

told_apart as (

    select
        *,
        coalesce(
            len(usual) > 0
            and list_bool_and(list_transform(
                usual,
                lambda entry: entry.data.related_documents is not null
                and entry.data.payment_date is not null
            ))
            and not has_untrue_amount(kept.payload),
            false
        ) as is_usual

    from read_once

),

sent as (

    select
        *,
        case
            when not is_usual and json_valid(kept.payload)
                then from_json(kept.payload, '{"complements": "VARCHAR"}').complements
        end as complements_sent

    from told_apart

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
        complement_payments_read(complement_bodies(complements_text)) as payments_read

    from texts

),

paid as (

    select
        * exclude (usual, payments_read),
        case
            when is_usual
                then list_transform(usual, lambda entry: complement_payment(entry.data))
            else list_transform(payments_read, lambda payment: complement_payment(payment))
        end as complement_payments,
        case
            when is_usual then list_transform(
                usual,
                lambda entry: coalesce(nullif(entry.data.related_documents, []), [null])
            )
            else complement_documents_read(payments_read)
        end as complement_documents

    from paying

),

typed as (

    select
        *,
        case
            when
                is_usual
                or (json_valid(complements_text) and not has_untrue_amount(complements_text))
                then coalesce(typed_complements(complement_payments, complement_documents), [])
        end as complements

    from paid

)

select
    * exclude (
        drift, is_usual, complements_sent, complements_text, complement_payments, complement_documents
    ),
    drifted(
        list_append(drift, lost('complements', left(complements_sent, 20), complements))
    ) as drift

from typed
