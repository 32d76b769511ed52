-- An amount, 0 for a negative one, NULL for NULL: greatest(0, NULL) would be 0.
create or replace macro not_negative(amount) as case when amount < 0 then 0 else amount end;
