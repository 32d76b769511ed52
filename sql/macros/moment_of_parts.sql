-- Whole seconds and nanoseconds since 1970 → naive UTC timestamp, NULL outside 2000–2099.
create or replace macro moment_of_parts(seconds, nanoseconds) as case
    when seconds between 946684800 and 4102444799
        and coalesce(nanoseconds, 0) between 0 and 999999999
        then make_timestamp(seconds * 1000000 + coalesce(nanoseconds, 0) // 1000)
end;
