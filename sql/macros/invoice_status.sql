-- The API's words for an invoice's state → valid, cancelled, pending, draft; others stay as sent.
create or replace macro invoice_status(word) as case lower(trim(word))
    when 'valid' then 'valid'
    when 'stamped' then 'valid'
    when 'canceled' then 'cancelled'
    when 'cancelled' then 'cancelled'
    when 'pending' then 'pending'
    when 'draft' then 'draft'
    else word
end;
