-- Payments as complement_shape reads them → for each, the invoices it pays, or one NULL for none.
create or replace macro complement_documents_read(payments) as list_transform(
    payments,
    lambda payment: coalesce(
        nullif(
            list_transform(
                listed(coalesce(
                    payment.related_documents, payment.DoctoRelacionado, payment.documents
                )),
                lambda document: from_json(document, complement_document_shape())
            ),
            []
        ),
        [null]
    )
);
