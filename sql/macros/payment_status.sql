-- The API's words for a payment's state → pending, processing, succeeded, failed, cancelled,
-- refunded; others stay as sent. `succeeded_` shows for a moment while an automation is attached.
create or replace macro payment_status(word) as case lower(trim(word))
    when 'pending' then 'pending'
    when 'requires_payment_method' then 'pending'
    when 'processing' then 'processing'
    when 'succeeded' then 'succeeded'
    when 'succeeded_' then 'succeeded'
    when 'failed' then 'failed'
    when 'canceled' then 'cancelled'
    when 'cancelled' then 'cancelled'
    when 'refunded' then 'refunded'
    else word
end;
