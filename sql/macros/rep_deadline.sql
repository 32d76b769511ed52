-- The last day for stamping the complement (REP) of a payment: the 5th of the next month, a
-- natural day. Source: RMF 2.7.1.32.
create or replace macro rep_deadline(paid_on) as cast(last_day(paid_on) + 5 as date);
