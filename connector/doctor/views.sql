-- name: bind
explain
select *
from query_table($table)
;
