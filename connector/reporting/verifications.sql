-- name: has_verifications
-- A ledger of an earlier version, or one without verifications, lacks this table.
select 1
from duckdb_tables()
where database_name = 'ledger' and table_name = 'verifications'
;

-- name: last_verification
-- When a destination was last verified, with the findings.
select strftime(recorded_at, '%Y-%m-%dT%H:%M:%SZ') as "at", epoch(recorded_at) as ended, summary
from ledger.verifications
where destination = $destination and environment = $environment
order by recorded_at desc
limit 1
;
