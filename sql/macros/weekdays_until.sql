-- Mondays to Fridays from 1970-01-05 up to and including a day; the difference of two of these is
-- the number of weekdays after the first day, up to the second. Holidays are not known here.
create or replace macro weekdays_until(day) as
    (day - date '1970-01-05') // 7 * 5 + least((day - date '1970-01-05') % 7 + 1, 5);
