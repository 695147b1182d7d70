explain select * from query_table($table)
