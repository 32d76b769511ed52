-- Whether the text of a number may have lost digits. DuckDB writes a JSON number as the shortest text
-- of its double: fifteen digits and a point come through unharmed.
create or replace macro is_too_long(characters) as characters > 16;
