-- How complements are read from a payload in one go, where they are laid out as the API does.
create or replace macro complement_usual_shape() as '{"complements": [{"data": ' || replace(
    complement_shape(),
    '"related_documents": "VARCHAR"',
    '"related_documents": [' || complement_document_shape() || ']'
) || '}]}';
