-- The documents that an invoice's related_documents name, whatever the relation.
create or replace macro documents_named(related_documents) as flatten(coalesce(
    list_transform(related_documents, lambda related: related.documents), []
));
