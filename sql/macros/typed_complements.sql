-- Payments, and for each the invoices it pays, as read → the stored rows, numbered from 1.
create or replace macro typed_complements(payments, documents) as flatten(list_transform(
    payments,
    lambda payment, place: list_transform(
        documents[place],
        lambda document, row_place: typed_complement_document(payment, place, document, row_place)
    )
));
