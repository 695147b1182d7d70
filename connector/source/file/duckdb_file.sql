-- name: view_definitions
-- The text of all views, including those on which a view is built.
select md5(coalesce(string_agg(sql, '' order by schema_name, view_name), ''))
from duckdb_views()
where database_name = $database and not internal
;

-- name: prune
-- Look up this many orders by skipping the parts of a table that cannot contain them.
set dynamic_or_filter_threshold = 10000
;

-- name: unprune
reset dynamic_or_filter_threshold
;

-- name: sought_ids
select list(order_id order by order_id)
from (select distinct order_id from work.sought where order_id is not null)
;
