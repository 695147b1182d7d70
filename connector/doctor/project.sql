-- name: time_zone
-- The largest offset in hours of a time zone from UTC, for times without a zone.
select max(abs(epoch(timezone($zone, moment)) - epoch(timezone('UTC', moment)))) / 3600 as hours
from (values (timestamp '2026-01-15 12:00:00'), (timestamp '2026-07-15 12:00:00')) as days(moment)
;
