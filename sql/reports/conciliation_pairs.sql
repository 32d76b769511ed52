-- Every CFDI issued, as gigstack has it beside how SAT has it, by folio fiscal, at the cut.
-- Grain: one row per folio fiscal; should one side have it twice, each of the two is compared.
--   team_id: the company that issued it
--   uuid_fiscal: folio fiscal in upper case
--   invoice_id: gigstack's id; NULL when gigstack has no such invoice
--   sat_id: gigstack's id of SAT's record; NULL when SAT's records lack it
--   invoice_type: I, E, P or T
--   dated_on: day of issue
--   client_name: who received it
--   currency: ISO code; XXX for a complement, as in the CFDI itself
--   amount: total in that currency; 0 for a complement
--   gigstack_status: valid, in cancellation, cancelled, another word as sent; absent, too recent
--       (stamped after gigstack was looked at) or not covered (before gigstack was in use)
--   sat_status: valid, cancelled, another word as sent; absent, too recent (stamped less than
--       grace_hours before the last look) or not covered (outside the days SAT's records cover)
--   cancelled_on: first day either side says it was cancelled, up to the cut
--   cancellation_requested_on: day gigstack asked for the cancellation
--   sat_seen_on: day of the last look at SAT's records
--   gigstack_total: total in gigstack, in gigstack's currency
--   sat_total: total at SAT, in SAT's currency
--   is_total_different: totals in one currency differ by more than the tolerance
--   is_currency_different: not asked of a complement, whose own currency is XXX
--   is_rate_different: exchange rates differ; not asked of pesos and complements
--   is_type_different: I, E, P or T differ
--   is_issuer_different: RFC of the issuer differ
--   is_receiver_different: RFC of the receiver differ
--   is_date_different: days of issue differ

select *

from conciliation_unlike_pairs

union all

select
    ours.team_id,
    ours.uuid_fiscal,
    ours.id as invoice_id,
    theirs.id as sat_id,
    ours.invoice_type,
    ours.issued_on as dated_on,
    ours.client_name,
    case when ours.invoice_type = 'P' then 'XXX' else ours.currency end as currency,
    case when ours.invoice_type = 'P' then 0 else ours.total end as amount,
    'valid' as gigstack_status,
    'valid' as sat_status,
    cast(null as date) as cancelled_on,
    central_day(ours.cancellation_requested_at) as cancellation_requested_on,
    central_day(coverage.sat_seen_at) as sat_seen_on,
    ours.total as gigstack_total,
    theirs.total as sat_total,
    false as is_total_different,
    false as is_currency_different,
    false as is_rate_different,
    false as is_type_different,
    false as is_issuer_different,
    false as is_receiver_different,
    false as is_date_different

from conciliation_like_documents as ours

inner join sat_cfdis as theirs
    on
        ours.team_id = theirs.team_id
        and ours.uuid_fiscal = theirs.uuid_fiscal

left join conciliation_coverage as coverage
    on
        ours.team_id = coverage.team_id
        and coverage.direction = 'issued'

where
    theirs.direction = 'issued'
    and theirs.deleted_at is null
    and coalesce(theirs.invoice_type, '') <> 'N'
