-- The API's words for a receipt's state → pending, invoiced, expired, cancelled; others stay.
create or replace macro receipt_status(word) as case lower(trim(word))
    when 'pending' then 'pending'
    when 'open' then 'pending'
    when 'invoiced' then 'invoiced'
    when 'stamped' then 'invoiced'
    when 'completed' then 'invoiced'
    when 'expired' then 'expired'
    when 'canceled' then 'cancelled'
    when 'cancelled' then 'cancelled'
    else word
end;
