select count(*), max(moment) from query_table($table)
