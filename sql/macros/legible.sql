-- JSON text as the API sent it → text that DuckDB's parser takes: it refuses a lone surrogate.
create or replace macro legible(body) as case
    when json_valid(body) then body
    else regexp_replace(body, '\\u[dD][89a-fA-F][0-9a-fA-F]{2}', '\\ufffd', 'g')
end;
