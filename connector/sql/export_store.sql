-- Runs come last: the newest of them says how far the last export went.
insert into target.connector.batches by name
from work.export_batches
where run_id > (select coalesce(max(run_id), 0) from target.connector.runs);

insert into target.connector.runs by name
from work.export_runs
where run_id > (select coalesce(max(run_id), 0) from target.connector.runs);

delete from target.connector.orders
where
    (destination, environment, order_id)
    in (select (destination, environment, order_id) from work.export_changed)
    or (destination, environment, order_id)
    not in (select (destination, environment, order_id) from work.export_orders)
;

insert into target.connector.orders by name
from work.export_changed;
