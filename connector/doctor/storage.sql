-- name: read_whole
select max(hash(columns(*)))
from query_table($table)
;
