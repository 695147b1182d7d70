-- Everything that a view is made of, as far as it is views itself.
select md5(coalesce(string_agg(sql, '' order by schema_name, view_name), ''))
from duckdb_views()
where database_name = $database and not internal
