-- name: view_columns
select column_name, data_type
from duckdb_columns()
where database_name = $database and schema_name = $schema and table_name = $name
order by column_index
;

-- name: bind
explain
select *
from query_table($table)
;
