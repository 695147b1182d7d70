-- Run numbers are unique only within an account.
create table work.new_runs as
from work.export_runs as runs
where
    run_id > (
        select coalesce(max(run_id), 0)
        from work.exported_runs as exported
        where
            exported.destination = runs.destination and exported.environment = runs.environment
    );

create table work.new_batches as
from work.export_batches as batches
where
    run_id > (
        select coalesce(max(run_id), 0)
        from work.exported_runs as exported
        where
            exported.destination = batches.destination
            and exported.environment = batches.environment
    );

create table work.new_orders as
from work.export_orders
except
from work.exported_orders;
