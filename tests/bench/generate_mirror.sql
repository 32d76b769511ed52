-- A large business, deterministic: what happened (tables), then what the API would say of it (views).
-- Variables: invoices (how many), seed, today (epoch seconds of the end of the history).
-- Each view of payloads carries n, by which it is loaded in slices, and the moment it was listed under.

create temp macro chance(n, what) as hash(n, what, getvariable('seed')) / 18446744073709551616.0;

create temp macro bell(n, what) as
    sqrt(-2 * ln(greatest(chance(n, what), 1e-12))) * cos(6.283185307 * chance(n, what || '2'));

create temp macro folio(kind, n) as upper(concat_ws(
    '-', md5(kind || n)[1:8], md5(kind || n)[9:12], '4' || md5(kind || n)[14:16],
    'a' || md5(kind || n)[18:20], md5(kind || n)[21:32]
));

create temp macro client_id(client) as 'client_' || lpad(client::varchar, 8, '0');

create temp macro letter(n) as chr((65 + n % 26)::integer);

-- RFC of a company; the first client is the general public.
create temp macro rfc(client) as case
    when client = 0 then 'XAXX010101000'
    else letter(client) || letter(client // 26) || letter(client // 676)
        || '1' || lpad((client // 17576 % 10)::varchar, 1, '0') || '0101'
        || lpad((client % 1000)::varchar, 3, '0')
end;

create temp macro client_name(client) as case
    when client = 0 then 'PÚBLICO EN GENERAL' else 'CLIENTE ' || client || ' SA DE CV'
end;

create temp macro wall_clock(epoch) as strftime(to_timestamp(epoch - 21600)::timestamp, '%Y-%m-%dT%H:%M:%S');

-- Income: grows over three years, 3 clients in 5 pay later, one currency a client.
create temp table sales as
with
drawn as (
    select
        n,
        (getvariable('today') - 94608000 + 94608000 * pow((n + 0.5) / getvariable('invoices'), 0.85))::bigint
            as created,
        floor(greatest(20, getvariable('invoices') // 250) * pow(chance(n, 'client'), 2))::bigint as client,
        chance(n, 'method') < 0.6 as is_ppd,
        chance(n, 'cancelled') < 0.025 as is_cancelled,
        chance(n, 'credited') < 0.04 as is_credited,
        case when chance(n, 'parts') < 0.15 then 2 else 1 end as parts,
        least(900000, greatest(50, exp(8.3 + 1.1 * bell(n, 'amount'))))::decimal(18, 2) as subtotal
    from range(getvariable('invoices')) as numbers (n)
),
priced as (
    select
        *,
        client % 12 = 7 as is_usd,
        (subtotal + cast(subtotal * 0.16 as decimal(18, 2)))::decimal(18, 2) as total,
        (8 + 52 * chance(client, 'slow')) * (0.3 + 1.4 * chance(n, 'delay')) as days,
        is_cancelled or chance(n, 'bad') < 0.02 + 0.06 * (client % 9 = 4)::int as is_never_paid
    from drawn
)
select
    * exclude (days),
    case when is_credited and is_ppd and not is_cancelled
        then cast(total * 0.1 as decimal(18, 2)) else 0::decimal(18, 2) end as credit,
    created + 3600 * (1 + floor(24 * days * case when is_ppd then 1 else 0.05 end)::bigint) as paid_after
from priced;

-- Collections: one or two for each PPD, one for most PUE.
create temp table collected as
select
    sales.n * 2 + part as n,
    sales.n as sale,
    part,
    (created + (part + 1) * (paid_after - created))::bigint as paid_at,
    previous,
    case when is_ppd and parts = 2 and part = 0
        then cast(previous * 0.5 as decimal(18, 2)) else previous end as amount,
    case when is_ppd and chance(n * 2 + part, 'complement') < 0.98
        then (created + (part + 1) * (paid_after - created)
            + 86400 * case when chance(n, 'late') < 0.04 then 40 else 4 * chance(n, 'stamp') end)::bigint
    end as complemented_at
from (
    select *, unnest(range(case when is_ppd then parts else 1 end)) as part,
        case when part = 0 then total - credit
            else (total - credit) - cast((total - credit) * 0.5 as decimal(18, 2)) end as previous
    from sales
    where not is_never_paid and (is_ppd or chance(n, 'uncollected') > 0.02)
) as sales
where created + (part + 1) * (paid_after - created) < getvariable('today');

create temp table settled as
select
    sale,
    coalesce(sum(amount) filter (where complemented_at < getvariable('today')), 0)::decimal(18, 2) as paid,
    count(*) filter (where complemented_at < getvariable('today')) as instalments
from collected group by sale;

-- Folios follow time within a series; one number in 50,000 was lost.
create temp table credit_folios as
select n, number + number // 50000 as folio
from (select n, row_number() over (order by created, n) as number from sales where credit > 0);

create temp table complement_folios as
select n, number + number // 50000 as folio
from (
    select n, row_number() over (order by complemented_at, n) as number
    from collected
    where complemented_at < getvariable('today')
);

create temp view client_rows as
select
    client as n,
    client_id(client) as id,
    getvariable('today') - 94608000 + client % 86400 as moment,
    to_json({
        'id': client_id(client), 'name': client_name(client), 'legal_name': client_name(client),
        'tax_id': rfc(client), 'tax_system': '601', 'use': 'G03', 'is_valid': true, 'livemode': true,
        'email': 'c' || client || '@ejemplo.mx', 'address': {'country': 'MEX', 'zip': '06600'},
        'created_at': getvariable('today') - 94608000 + client % 86400
    }) as payload
from (select unnest(range(greatest(20, getvariable('invoices') // 250))) as client);

create temp macro party(client) as {
    'id': client_id(client), 'name': client_name(client), 'legal_name': client_name(client),
    'tax_id': rfc(client), 'tax_system': '601', 'email': 'c' || client || '@ejemplo.mx',
    'address': {'country': 'MEX', 'zip': '06600'}
};

create temp macro issuer() as {
    'legal_name': 'COMERCIALIZADORA ÁMBAR', 'tax_id': 'CAC1507157U2', 'tax_system': '601', 'zip': '06600'
};

create temp macro concept(n, subtotal) as [{
    'id': 'service_' || n % 25, 'description': 'Servicio ' || n % 25, 'product_key': '80141503',
    'unit_key': 'E48', 'quantity': 1, 'unit_price': subtotal, 'discount': 0, 'taxability': '02',
    'taxes': [{'type': 'IVA', 'rate': 0.16, 'factor': 'Tasa', 'base': subtotal, 'withholding': false}]
}];

create temp view invoices_income_rows as
select
    sales.n as n,
    'invoice_i' || sales.n as id,
    created as moment,
    to_json({
        'id': 'invoice_i' || sales.n, 'uuid': folio('I', sales.n), 'invoice_type': 'I',
        'status': case when is_cancelled then 'cancelled' else 'valid' end, 'livemode': true,
        'client': party(client), 'created_at': created, 'date': created * 1000,
        'currency': case when is_usd then 'USD' else 'MXN' end,
        'exchange_rate': case when is_usd then 17.25 else 1 end,
        'subtotal': subtotal, 'discount': 0, 'taxes': total - subtotal, 'withholding_taxes': 0,
        'total': total, 'series': 'A', 'folio_number': sales.n + 1, 'use': 'G03',
        'payment_form': case when is_ppd then '99' else '03' end,
        'payment_method': case when is_ppd then 'PPD' else 'PUE' end,
        'payment_conditions': case when is_ppd and client % 3 > 0 then 30 * (client % 3) || ' días' end,
        'items': concept(sales.n, subtotal),
        'payments': case when instalments is null then [] else ['payment_c' || sales.n * 2] end,
        'invoices': [], 'stamp': {'stamp_at': created, 'provider': 'prodigia'},
        'cancellation': case when is_cancelled then {
            'motive': '02', 'cancellation_status': 'accepted',
            'cancelled_at': least(created + (60 * 86400 * chance(sales.n, 'when'))::bigint, getvariable('today'))
        } end,
        'payment_complements': coalesce(case when is_ppd then paid end, 0),
        'last_balance': case when is_ppd then total - credit - coalesce(paid, 0) end,
        'installments': coalesce(case when is_ppd then instalments end, 0), 'exports': '01',
        'related_documents': [], 'complements': [], 'metadata': {'order_id': 'ORD-' || sales.n},
        'issuer_info': issuer(), 'draft': false, 'from': 'api'
    }) as payload
from sales left join settled on sales.n = settled.sale;

create temp view invoices_egress_rows as
select
    n,
    'invoice_e' || n as id,
    least(created + 86400, getvariable('today')) as moment,
    to_json({
        'id': 'invoice_e' || n, 'uuid': folio('E', n), 'invoice_type': 'E', 'status': 'valid',
        'livemode': true, 'client': party(client), 'created_at': least(created + 86400, getvariable('today')),
        'currency': case when is_usd then 'USD' else 'MXN' end,
        'exchange_rate': case when is_usd then 17.25 else 1 end,
        'subtotal': credit, 'discount': 0, 'taxes': 0, 'total': credit, 'series': 'NC',
        'folio_number': credit_folios.folio, 'use': 'G02', 'payment_form': '15', 'payment_method': 'PUE',
        'items': concept(n, credit), 'payments': [], 'invoices': [],
        'stamp': {'stamp_at': least(created + 86400, getvariable('today'))},
        'related_documents': [{'relationship': '01', 'documents': [folio('I', n)]}],
        'complements': [], 'issuer_info': issuer(), 'draft': false, 'from': 'api'
    }) as payload
from sales inner join credit_folios using (n);

create temp view invoices_payment_rows as
select
    collected.n as n,
    'invoice_p' || collected.n as id,
    complemented_at as moment,
    to_json({
        'id': 'invoice_p' || collected.n, 'uuid': folio('P', collected.n), 'invoice_type': 'P',
        'status': 'valid', 'livemode': true, 'client': party(client), 'created_at': complemented_at,
        'currency': case when is_usd then 'USD' else 'MXN' end,
        'exchange_rate': case when is_usd then 17.25 else 1 end,
        'subtotal': 0, 'discount': 0, 'taxes': 0, 'total': 0, 'series': 'P',
        'folio_number': complement_folios.folio, 'use': 'CP01', 'payment_form': '03', 'payment_method': null,
        'items': [], 'payments': ['payment_c' || collected.n], 'invoices': [folio('I', sale)],
        'stamp': {'stamp_at': complemented_at}, 'related_documents': [],
        'complements': [{'type': 'pago', 'data': {
            'payment_date': wall_clock(paid_at), 'payment_form': '03',
            'currency': case when is_usd then 'USD' else 'MXN' end,
            'exchange_rate': case when is_usd then 17.25 else 1 end, 'amount': amount,
            'related_documents': [{
                'uuid': folio('I', sale), 'series': 'A', 'folio_number': sale + 1,
                'currency': case when is_usd then 'USD' else 'MXN' end, 'payment_number': part + 1,
                'previous_balance': previous, 'paid_amount': amount, 'remaining_balance': previous - amount
            }]
        }}],
        'issuer_info': issuer(), 'draft': false, 'from': 'api'
    }) as payload
from collected
inner join sales on collected.sale = sales.n
inner join complement_folios on collected.n = complement_folios.n
where complemented_at < getvariable('today');

-- Payments received, for receipts too, and links nobody has paid yet.
create temp view payments_rows as
with
every_payment as (
    select collected.n as n, 'payment_c' || collected.n as id, paid_at as created, paid_at as succeeded,
        client, is_usd, amount, subtotal, 'succeeded' as status, ['invoice_i' || sale] as invoices, [] as receipts
    from collected inner join sales on collected.sale = sales.n
    union all
    select n, 'payment_r' || n, created, created, 0, false, total, subtotal, 'succeeded', [], ['receipt_' || n]
    from sales where n % 5 = 0
    union all
    select n, 'payment_l' || n, created, null, client, is_usd, total, subtotal,
        case when created > getvariable('today') - 2592000 then 'pending' else 'failed' end, [], []
    from sales where n % 25 = 3
)
select
    n,
    id,
    created as moment,
    to_json({
        'id': id, 'client': party(client), 'status': status,
        'currency': case when is_usd then 'USD' else 'MXN' end,
        'exchange_rate': case when is_usd then 17.25 else 1 end, 'total': amount,
        'payment_form': case when succeeded is null then null else '03' end,
        'items': concept(n, subtotal), 'invoices': invoices, 'receipts': receipts,
        'created_at': created, 'succeeded_at': succeeded, 'payment_processor': 'stripe',
        'short_url': 'https://pay.gigstack.io/p/' || id, 'automation_type': 'none', 'livemode': true
    }) as payload
from every_payment;

-- One receipt for each fifth invoice; the newest wait, most others were invoiced.
create temp view receipts_rows as
select
    n,
    'receipt_' || n as id,
    created as moment,
    to_json({
        'id': 'receipt_' || n, 'client': party(0),
        'status': case
            when created > getvariable('today') - 1728000 and chance(n, 'self') > 0.4 then 'pending'
            when chance(n, 'void') < 0.03 then 'cancelled' else 'stamped' end,
        'currency': 'MXN', 'exchange_rate': 1, 'total': total, 'subtotal': subtotal,
        'taxes': total - subtotal, 'discount': 0, 'withholding_taxes': 0, 'total_refunded': 0,
        'payment_form': '01', 'periodicity': 'month', 'created_at': created,
        'valid_until': created + 2678400, 'items': concept(n, subtotal), 'invoices': [],
        'payments': ['payment_r' || n], 'livemode': true, 'from': 'api'
    }) as payload
from sales where n % 5 = 0;

-- SAT has what was issued, less one in 2,000, and what suppliers issued.
create temp view invoices_sat_rows as
with
every_cfdi as (
    select n, folio('I', n) as uuid, 'issued' as direction, 'I' as kind, created, client, subtotal, total,
        case when is_usd then 'USD' else 'MXN' end as currency, is_cancelled
    from sales where n % 2000 <> 1999
    union all
    select n, folio('E', n), 'issued', 'E', created + 86400, client, credit, credit,
        case when is_usd then 'USD' else 'MXN' end, false
    from sales where credit > 0 and created + 86400 < getvariable('today')
    union all
    select collected.n, folio('P', collected.n), 'issued', 'P', complemented_at, client, 0, 0, 'XXX', false
    from collected inner join sales on collected.sale = sales.n
    where complemented_at < getvariable('today')
    union all
    select n, folio('R', n), 'received', 'I', created, client, subtotal, total, 'MXN', n % 300 = 0
    from sales where n % 3 = 0
)
select
    n,
    uuid as id,
    created as moment,
    to_json({
        'id': uuid, 'uuid': uuid, 'direction': direction,
        'issuer': case when direction = 'issued' then {'rfc': 'CAC1507157U2', 'name': 'COMERCIALIZADORA ÁMBAR'}
            else {'rfc': rfc(client + 1), 'name': client_name(client + 1)} end,
        'receiver': case when direction = 'issued' then {'rfc': rfc(client), 'name': client_name(client)}
            else {'rfc': 'CAC1507157U2', 'name': 'COMERCIALIZADORA ÁMBAR'} end,
        'invoice_type': kind, 'series': 'A', 'folio': (n + 1)::varchar, 'subtotal': subtotal, 'total': total,
        'currency': currency, 'exchange_rate': case currency when 'USD' then 17.25 when 'MXN' then 1 end,
        'issue_date': wall_clock(created), 'stamp_date': wall_clock(created),
        'cancellation_date': case when is_cancelled then wall_clock(least(created + 2592000, getvariable('today'))) end,
        'status': case when is_cancelled then 'Cancelado' else 'Vigente' end,
        'version': '4.0', 'has_xml': true, 'resource_status': 'ready', 'created_at': created * 1000
    }) as payload
from every_cfdi;

create temp view teams_rows as
select
    0 as n,
    'team_own' as id,
    getvariable('today') - 94608000 as moment,
    to_json({
        'id': 'team_own', 'name': 'Ámbar', 'legal_name': 'COMERCIALIZADORA ÁMBAR', 'tax_id': 'CAC1507157U2',
        'tax_system': '601', 'address': {'country': 'MEX', 'zip': '06600'}, 'livemode': true,
        'created_at': getvariable('today') - 94608000
    }) as payload;
