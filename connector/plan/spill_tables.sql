-- name: spill_tables
-- Deletes the files of the previous plan.
select database_name, path
from duckdb_databases()
where database_name in ('plan', 'staged')
;
