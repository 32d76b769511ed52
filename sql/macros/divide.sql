-- Exact quotient of two decimals, six decimals, half away from zero; NULL when dividing by zero.
-- DuckDB's own / between decimals goes through a double.
create or replace macro divide(numerator, denominator) as try_cast(
    sign(numerator) * sign(denominator) * (
        (millionths(numerator) * 1000000 + millionths(denominator) // 2)
        // nullif(millionths(denominator), 0)
    )::decimal(31, 0) * 0.000001
    as decimal(18, 6)
);
