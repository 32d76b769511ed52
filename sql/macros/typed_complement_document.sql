-- One payment as read by complement_shape, and one invoice it pays → the stored row. Amounts are
-- in the invoice's currency; what is left is what was owed less what was paid where it is not sent.
create or replace macro typed_complement_document(payment, place, document, row_place) as struct_pack(
    payment_no := place::integer,
    row_no := case when document is not null then row_place::integer end,
    paid_on := local_time(given(
        coalesce(payment.payment_date, payment.FechaPago, payment.date)
    ))::date,
    payment_form := given(coalesce(payment.payment_form, payment.FormaDePagoP)),
    currency := upper(given(coalesce(payment.currency, payment.MonedaP))),
    exchange_rate := try_cast(
        coalesce(payment.exchange_rate, payment.TipoCambioP, payment.exchange)
        as decimal(18, 6)
    ),
    amount := try_cast(coalesce(payment.amount, payment.Monto) as decimal(18, 6)),
    reference := invoice_reference(coalesce(
        document.uuid, document.IdDocumento, document.invoice, document.id
    )),
    invoice_currency := upper(given(coalesce(document.currency, document.MonedaDR))),
    equivalence := try_cast(
        coalesce(document.equivalence, document.EquivalenciaDR, document.exchange)
        as decimal(20, 10)
    ),
    instalment := try_cast(
        coalesce(document.payment_number, document.NumParcialidad, document.installment)
        as integer
    ),
    previous_balance := try_cast(
        coalesce(document.previous_balance, document.ImpSaldoAnt, document.last_balance)
        as decimal(18, 6)
    ),
    paid := try_cast(
        coalesce(document.paid_amount, document.ImpPagado, document.amount) as decimal(18, 6)
    ),
    remaining := try_cast(
        coalesce(
            document.remaining_balance,
            document.ImpSaldoInsoluto,
            coalesce(document.previous_balance, document.ImpSaldoAnt, document.last_balance)
            - coalesce(document.paid_amount, document.ImpPagado, document.amount)
        ) as decimal(18, 6)
    )
);
