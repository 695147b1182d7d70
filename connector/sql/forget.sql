create table work.forgotten as
select unnest($order_ids::varchar[]) as order_id
