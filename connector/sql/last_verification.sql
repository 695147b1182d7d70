-- When a destination was last verified, and what was found.
select strftime(recorded_at, '%Y-%m-%dT%H:%M:%SZ') as "at", epoch(recorded_at) as ended, summary
from ledger.verifications
where destination = $destination and environment = $environment
order by recorded_at desc
limit 1
