-- JSON text → the same with the numbers of its objects as text. Taking a nested part out of JSON
-- writes its numbers anew, by way of a double; text passes as it is.
create or replace macro quoted_numbers(payload) as regexp_replace(
    payload, '([^\\])"\s*:\s*(-?\d[0-9.eE+-]*)', '\1":"\2"', 'g'
);
