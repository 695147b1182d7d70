-- name: tables
select table_name
from duckdb_tables()
where database_name = 'ledger'
order by table_name
;

-- name: read_whole
select max(hash(columns(*)))
from query_table($table)
;
