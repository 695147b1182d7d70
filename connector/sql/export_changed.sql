create table work.new_runs as
from work.export_runs
where run_id > (select coalesce(max(run_id), 0) from work.exported_runs);

create table work.new_batches as
from work.export_batches
where run_id > (select coalesce(max(run_id), 0) from work.exported_runs);

create table work.new_orders as
from work.export_orders
except
from work.exported_orders;
