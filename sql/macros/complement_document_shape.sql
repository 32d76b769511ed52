-- How one invoice that a payment pays is read from JSON, by any of the names complement_shape reads.
create or replace macro complement_document_shape() as '{
    "uuid": "VARCHAR", "invoice": "VARCHAR", "id": "VARCHAR", "IdDocumento": "VARCHAR",
    "currency": "VARCHAR", "MonedaDR": "VARCHAR",
    "equivalence": "DECIMAL(38,10)", "exchange": "DECIMAL(38,10)",
    "EquivalenciaDR": "DECIMAL(38,10)",
    "payment_number": "VARCHAR", "installment": "VARCHAR", "NumParcialidad": "VARCHAR",
    "previous_balance": "DECIMAL(38,6)", "last_balance": "DECIMAL(38,6)",
    "ImpSaldoAnt": "DECIMAL(38,6)",
    "paid_amount": "DECIMAL(38,6)", "amount": "DECIMAL(38,6)", "ImpPagado": "DECIMAL(38,6)",
    "remaining_balance": "DECIMAL(38,6)", "ImpSaldoInsoluto": "DECIMAL(38,6)"
}';
