-- How one payment of a complement (CFDI type P) is read from JSON. The API documents no layout:
-- its own names, those usual among Mexican invoicing APIs, and SAT's (Pagos 2.0) are all read.
create or replace macro complement_shape() as '{
    "payment_date": "VARCHAR", "date": "VARCHAR", "FechaPago": "VARCHAR",
    "payment_form": "VARCHAR", "FormaDePagoP": "VARCHAR",
    "currency": "VARCHAR", "MonedaP": "VARCHAR",
    "exchange_rate": "DECIMAL(38,6)", "exchange": "DECIMAL(38,6)",
    "TipoCambioP": "DECIMAL(38,6)",
    "amount": "DECIMAL(38,6)", "Monto": "DECIMAL(38,6)",
    "related_documents": "VARCHAR", "documents": "VARCHAR", "DoctoRelacionado": "VARCHAR"
}';
