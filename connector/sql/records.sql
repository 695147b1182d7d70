-- What a destination was found to have of some orders.
create table work.records as
select unnest($ids::varchar[]) as order_id, unnest($records::varchar[]) as record
