-- Whether a payment form brings money in: not condonación, compensación, novación, anticipos
-- already received and the like. Source: c_FormaPago.
create or replace macro is_cash(payment_form) as coalesce(
    payment_form not in ('12', '13', '14', '15', '17', '23', '24', '25', '26', '27', '30'), true
);
