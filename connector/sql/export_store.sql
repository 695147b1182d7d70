insert into target.connector.batches by name
from work.new_batches;

insert into target.connector.runs by name
from work.new_runs;

delete from target.connector.orders
where
    (destination, environment, order_id)
    in (select (destination, environment, order_id) from work.new_orders)
    or (destination, environment, order_id)
    not in (select (destination, environment, order_id) from work.export_orders)
;

insert into target.connector.orders by name
from work.new_orders;
