-- Open credit invoices, each with the chance of being paid that the company's own history gives it.
-- Grain: one row per PPD invoice with a balance at the cut.
--   team_id: the company
--   invoice_id: gigstack's id of the invoice
--   uuid_fiscal: folio fiscal
--   client_key: the client: RFC, or the client's id where the RFC is generic
--   client_name: name of the client
--   currency: ISO code; amounts of this row are in it
--   issued_on: local day of the invoice
--   due_on: when it was due; the day of issue where no terms are known
--   days_open: days since issue
--   age: days after the due date, negative before it
--   balance: what is owed
--   speed: the clients it is compared with, see forecast_clients; 0 for all
--   pace: how fast this client pays compared with those: 2 is twice the usual rate; drawn towards 1
--     the fewer its payments are
--   client_cases: payments of this client behind the pace
--   cases: payments of all clients behind the curves
--   is_estimated: there are at least twenty payments to learn from; else the chances are NULL
--   is_undated: older than nine in ten are when they are paid, so no date is given to it
--   paid_30: chance of being paid within 30 days
--   paid_60: within 60 days
--   paid_90: within 90 days
--   paid_180: within 180 days
--   paid_365: within a year
--   expected: balance × paid_365, cents

with

curve as (

    select
        team_id,
        speed,
        age,
        cumulated,
        cases

    from forecast_curve

),

usual as (

    select
        forecast_cases.team_id,
        forecast_cases.client_key,
        forecast_clients.speed,
        forecast_clients.payments,
        sum(forecast_cases.paid) as paid,
        sum(
            (forecast_cases.paid + forecast_cases.left_open - forecast_cases.entered)
            * curve.cumulated
        ) as expected

    from forecast_cases

    inner join forecast_clients
        on
            forecast_cases.team_id = forecast_clients.team_id
            and forecast_cases.client_key = forecast_clients.client_key

    inner join curve
        on
            forecast_cases.team_id = curve.team_id
            and forecast_clients.speed = curve.speed
            and forecast_cases.week * 7 + 3 = curve.age

    group by
        forecast_cases.team_id,
        forecast_cases.client_key,
        forecast_clients.speed,
        forecast_clients.payments

),

open_invoices as (

    select
        invoice_balances.team_id,
        invoice_balances.invoice_id,
        invoice_balances.uuid_fiscal,
        invoice_balances.client_key,
        invoice_balances.client_name,
        invoice_balances.currency,
        invoice_balances.issued_on,
        invoice_balances.due_on,
        invoice_balances.days_open,
        invoice_balances.days_overdue as age,
        invoice_balances.balance,
        least(greatest(invoice_balances.days_overdue, -91), 734) as now,
        least(greatest(invoice_balances.days_overdue + 30, -91), 734) as in_30,
        least(greatest(invoice_balances.days_overdue + 60, -91), 734) as in_60,
        least(greatest(invoice_balances.days_overdue + 90, -91), 734) as in_90,
        least(greatest(invoice_balances.days_overdue + 180, -91), 734) as in_180,
        least(greatest(invoice_balances.days_overdue + 365, -91), 734) as in_365,
        least(greatest(invoice_balances.issued_on - invoice_balances.due_on, -91), 0) as born

    from invoice_balances

    where
        invoice_balances.may_be_open
        and invoice_balances.payment_method = 'PPD'
        and invoice_balances.balance > 0.01

),

paced as (

    select
        open_invoices.*,
        coalesce(at_now.cases, 0) as cases,
        coalesce(at_now.cases >= 20, false) as is_estimated,
        coalesce(usual.payments, 0) as client_cases,
        coalesce(usual.speed, 0) as speed,
        round(
            least(
                greatest((coalesce(usual.paid, 0) + 20) / (coalesce(usual.expected, 0) + 20), 0.1), 5
            ),
            2
        ) as pace,
        at_now.cumulated as reached,
        at_30.cumulated as reached_30,
        at_60.cumulated as reached_60,
        at_90.cumulated as reached_90,
        at_180.cumulated as reached_180,
        at_365.cumulated as reached_365,
        at_birth.cumulated as reached_at_birth,
        at_last.cumulated as reached_at_last

    from open_invoices

    left join usual
        on
            open_invoices.team_id = usual.team_id
            and open_invoices.client_key = usual.client_key

    left join curve as at_now
        on
            open_invoices.team_id = at_now.team_id
            and coalesce(usual.speed, 0) = at_now.speed
            and at_now.age = open_invoices.now

    left join curve as at_30
        on
            open_invoices.team_id = at_30.team_id
            and coalesce(usual.speed, 0) = at_30.speed
            and at_30.age = open_invoices.in_30

    left join curve as at_60
        on
            open_invoices.team_id = at_60.team_id
            and coalesce(usual.speed, 0) = at_60.speed
            and at_60.age = open_invoices.in_60

    left join curve as at_90
        on
            open_invoices.team_id = at_90.team_id
            and coalesce(usual.speed, 0) = at_90.speed
            and at_90.age = open_invoices.in_90

    left join curve as at_180
        on
            open_invoices.team_id = at_180.team_id
            and coalesce(usual.speed, 0) = at_180.speed
            and at_180.age = open_invoices.in_180

    left join curve as at_365
        on
            open_invoices.team_id = at_365.team_id
            and coalesce(usual.speed, 0) = at_365.speed
            and at_365.age = open_invoices.in_365

    left join curve as at_birth
        on
            open_invoices.team_id = at_birth.team_id
            and coalesce(usual.speed, 0) = at_birth.speed
            and at_birth.age = open_invoices.born

    left join curve as at_last
        on
            open_invoices.team_id = at_last.team_id
            and coalesce(usual.speed, 0) = at_last.speed
            and at_last.age = 734

)

select
    team_id,
    invoice_id,
    uuid_fiscal,
    client_key,
    client_name,
    currency,
    issued_on,
    due_on,
    days_open,
    age,
    balance,
    speed,
    pace,
    client_cases,
    cases,
    is_estimated,
    is_estimated
    and pace * (reached - reached_at_birth)
    >= -ln(1 - 0.9 * (1 - exp(-pace * (reached_at_last - reached_at_birth)))) as is_undated,
    case when is_estimated then 1 - exp(-pace * (reached_30 - reached)) end as paid_30,
    case when is_estimated then 1 - exp(-pace * (reached_60 - reached)) end as paid_60,
    case when is_estimated then 1 - exp(-pace * (reached_90 - reached)) end as paid_90,
    case when is_estimated then 1 - exp(-pace * (reached_180 - reached)) end as paid_180,
    case when is_estimated then 1 - exp(-pace * (reached_365 - reached)) end as paid_365,
    case
        when is_estimated
            then cast(
                cast(balance as double) * (1 - exp(-pace * (reached_365 - reached)))
                as decimal(18, 2)
            )
    end as expected

from paced
