-- name: spill_tables
-- Deletes the files of the previous plan.
select database_name, path
from duckdb_databases()
where list_contains($names, database_name)
;
