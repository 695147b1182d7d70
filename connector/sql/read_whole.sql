select max(hash(columns(*))) from query_table($table)
