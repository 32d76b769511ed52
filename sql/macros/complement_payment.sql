-- One payment as read by complement_shape → what typed_complement_document needs of it.
create or replace macro complement_payment(payment) as struct_pack(
    payment_date := payment.payment_date,
    date := payment.date,
    FechaPago := payment.FechaPago,
    payment_form := payment.payment_form,
    FormaDePagoP := payment.FormaDePagoP,
    currency := payment.currency,
    MonedaP := payment.MonedaP,
    exchange_rate := payment.exchange_rate,
    exchange := payment.exchange,
    TipoCambioP := payment.TipoCambioP,
    amount := payment.amount,
    Monto := payment.Monto
);
