-- What complements say was paid in the period of view `cut`, by day of payment.
-- Grain: one row per complement in force, payment in it and invoice row (DoctoRelacionado).
-- Source: a complement is due by the 5th natural day of the month after the payment, RMF 2.7.1.32.
--   complement_uuid: folio fiscal of the complement
--   series_folio: series and folio of the complement
--   paid_on: local day of the payment
--   stamped_on: local day of SAT's stamp
--   on_time: stamped by the 5th of the month after the payment
--   payment_form: SAT's code of how it was paid
--   payment_form_label: SAT's text of the code
--   payment_currency: currency of the payment
--   payment_exchange_rate: pesos per unit of payment_currency
--   payment_amount: the whole payment, in payment_currency, repeated in each of its rows
--   invoice_uuid: folio fiscal of the invoice paid; as named by the API when it is not mirrored
--   client_rfc: RFC of the client
--   client_name: legal name on the complement
--   instalment: number of the instalment
--   previous_balance: owed before this payment
--   paid: paid of the invoice
--   remaining: owed after this payment
--   currency: currency of the invoice; the three amounts before are in it
--   equivalence: units of currency per unit of payment_currency; NULL means 1

select
    complement_payments.complement_uuid,
    concat_ws('-', nullif(invoices.series, ''), nullif(invoices.folio_number, '')) as series_folio,
    complement_payments.paid_on,
    complement_payments.stamped_on,
    complement_payments.stamped_on
    <= cast(last_day(complement_payments.paid_on) + interval 5 day as date) as on_time,
    complement_payments.payment_form,
    label('c_FormaPago', complement_payments.payment_form) as payment_form_label,
    complement_payments.payment_currency,
    complement_payments.payment_exchange_rate,
    complement_payments.payment_amount,
    coalesce(
        complement_payments.invoice_uuid, complement_payments.invoice_reference
    ) as invoice_uuid,
    invoices.client_tax_id as client_rfc,
    invoices.client_name,
    complement_payments.instalment,
    complement_payments.previous_balance,
    complement_payments.paid,
    complement_payments.remaining,
    complement_payments.invoice_currency as currency,
    complement_payments.equivalence

from complement_payments

cross join cut

left join invoices
    on
        complement_payments.team_id = invoices.team_id
        and complement_payments.complement_id = invoices.id
        and invoices.invoice_type = 'P'

where
    complement_payments.is_live
    and within_period(complement_payments.paid_on, cut.from_on, cut.to_on)
    and (cut.team_id is null or complement_payments.team_id = cut.team_id)
