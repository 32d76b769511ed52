-- Bodies of payment complements as JSON text → their payments as complement_shape reads them. They
-- are the body itself, a list, or under Pagos, Pago or payments.
create or replace macro complement_payments_read(bodies) as list_transform(
    flatten(list_transform(
        bodies,
        lambda body: listed(case
            when body like '%"Pagos"%'
                then from_json(body, '{"Pagos":{"Pago":"VARCHAR"}}').Pagos.Pago
            when body like '%"Pago"%' then from_json(body, '{"Pago":"VARCHAR"}').Pago
            when body like '{"payments"%' then from_json(body, '{"payments":"VARCHAR"}').payments
            else body
        end)
    )),
    lambda payment: from_json(payment, complement_shape())
);
