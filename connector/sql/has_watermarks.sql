-- A ledger of an earlier version that is only read has no such table.
select 1 from duckdb_tables() where database_name = 'ledger' and table_name = 'watermarks'
