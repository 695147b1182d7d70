-- name: scratch
-- The files of the last plan.
select database_name, path
from duckdb_databases()
where database_name in ('plan', 'staged')
;
