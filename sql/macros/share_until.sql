-- What the first of several get together, in cents: amount × weight until then / all weights. All
-- of them get the whole amount.
create or replace macro share_until(amount, weight_until, weights) as case
    when weight_until = weights then amount
    else round(
        divide(cast(amount as decimal(38, 6)) * cast(weight_until as decimal(18, 6)), weights), 2
    )
end;
