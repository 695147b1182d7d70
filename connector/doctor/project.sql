-- name: time_zone
-- By how many hours a time without a zone is another one in a zone than in UTC, at the most.
select max(abs(epoch(timezone($zone, moment)) - epoch(timezone('UTC', moment)))) / 3600 as hours
from (values (timestamp '2026-01-15 12:00:00'), (timestamp '2026-07-15 12:00:00')) as days(moment)
;
