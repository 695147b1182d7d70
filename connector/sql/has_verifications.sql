-- A ledger of an earlier version, or one of which nothing was verified yet, has no such table.
select 1 from duckdb_tables() where database_name = 'ledger' and table_name = 'verifications'
