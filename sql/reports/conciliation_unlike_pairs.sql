-- CFDI issued that gigstack and SAT may not have alike, side by side by folio fiscal, at the cut.
-- Which ones is known after each run; conciliation_pairs has the others too, which agree in all.
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

with

ours as (

    select
        *,
        case when is_cancelling then 'in cancellation' else status end as state

    from conciliation_unlike_documents

),

theirs as (

    select
        sat_cfdis.team_id,
        sat_cfdis.uuid_fiscal,
        sat_cfdis.id,
        sat_cfdis.invoice_type,
        sat_cfdis.issued_on,
        sat_cfdis.stamped_at_local,
        sat_cfdis.receiver_name,
        sat_cfdis.receiver_tax_id,
        sat_cfdis.issuer_tax_id,
        sat_cfdis.currency,
        sat_cfdis.exchange_rate,
        sat_cfdis.total,
        sat_cfdis.cancelled_on,
        case
            when sat_cfdis.cancelled_on > cut.as_of and sat_cfdis.status = 'cancelled' then 'valid'
            else sat_cfdis.status
        end as status

    from derived.unlike_sat_records as sat_cfdis

    cross join cut

    where
        sat_cfdis.direction = 'issued'
        and coalesce(sat_cfdis.invoice_type, '') <> 'N'
        and sat_cfdis.issued_on <= cut.as_of
        and (cut.team_id is null or sat_cfdis.team_id = cut.team_id)

),

facing as (

    select
        coalesce(ours.team_id, theirs.team_id) as team_id,
        coalesce(ours.uuid_fiscal, theirs.uuid_fiscal) as uuid_fiscal,
        ours.id as invoice_id,
        theirs.id as sat_id,
        coalesce(ours.invoice_type, theirs.invoice_type) as invoice_type,
        coalesce(ours.invoice_type, theirs.invoice_type) = 'P' as is_complement,
        coalesce(ours.issued_on, theirs.issued_on) as dated_on,
        coalesce(ours.client_name, theirs.receiver_name) as client_name,
        coalesce(ours.currency, theirs.currency) as document_currency,
        coalesce(ours.total, theirs.total) as document_total,
        ours.state as our_status,
        theirs.status as their_status,
        least(ours.cancelled_on, theirs.cancelled_on) as cancelled_on,
        ours.stamped_at,
        theirs.stamped_at_local,
        ours.cancellation_requested_at,
        ours.total as our_total,
        theirs.total as their_total,
        ours.currency as our_currency,
        theirs.currency as their_currency,
        ours.exchange_rate <> theirs.exchange_rate as is_rate_different,
        ours.invoice_type <> theirs.invoice_type as is_type_different,
        ours.issuer_tax_id <> theirs.issuer_tax_id as is_issuer_different,
        ours.client_tax_id <> theirs.receiver_tax_id as is_receiver_different,
        ours.issued_on <> theirs.issued_on as is_date_different

    from ours

    full join theirs
        on
            ours.team_id = theirs.team_id
            and ours.uuid_fiscal = theirs.uuid_fiscal

)

select
    facing.team_id,
    facing.uuid_fiscal,
    facing.invoice_id,
    facing.sat_id,
    facing.invoice_type,
    facing.dated_on,
    facing.client_name,
    case when facing.is_complement then 'XXX' else facing.document_currency end as currency,
    case when facing.is_complement then 0 else facing.document_total end as amount,
    case
        when facing.invoice_id is not null then facing.our_status
        when facing.stamped_at_local + interval 6 hour > coverage.gigstack_seen_at then 'too recent'
        when coverage.gigstack_from is null or facing.dated_on < coverage.gigstack_from
            then 'not covered'
        else 'absent'
    end as gigstack_status,
    case
        when facing.sat_id is not null then facing.their_status
        when coverage.sat_from is null then 'not covered'
        when
            facing.stamped_at + cut.grace_hours * interval 1 hour > coverage.sat_seen_at
            or facing.dated_on + cut.grace_hours // 24 > cut.as_of
            then 'too recent'
        when facing.dated_on not between coverage.sat_from and coverage.sat_to then 'not covered'
        else 'absent'
    end as sat_status,
    case when facing.cancelled_on <= cut.as_of then facing.cancelled_on end as cancelled_on,
    central_day(facing.cancellation_requested_at) as cancellation_requested_on,
    central_day(coverage.sat_seen_at) as sat_seen_on,
    facing.our_total as gigstack_total,
    facing.their_total as sat_total,
    coalesce(
        not facing.is_complement
        and facing.our_currency = facing.their_currency
        and abs(facing.our_total - facing.their_total) > cut.tolerance,
        false
    ) as is_total_different,
    coalesce(
        not facing.is_complement and facing.our_currency <> facing.their_currency, false
    ) as is_currency_different,
    coalesce(
        not facing.is_complement
        and facing.our_currency = facing.their_currency
        and facing.our_currency <> 'MXN'
        and facing.is_rate_different,
        false
    ) as is_rate_different,
    coalesce(facing.is_type_different, false) as is_type_different,
    coalesce(facing.is_issuer_different, false) as is_issuer_different,
    coalesce(facing.is_receiver_different, false) as is_receiver_different,
    coalesce(facing.is_date_different, false) as is_date_different

from facing

cross join cut

left join conciliation_coverage as coverage
    on
        facing.team_id = coverage.team_id
        and coverage.direction = 'issued'
