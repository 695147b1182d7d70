with exported as (select coalesce(max(run_id), 0) as after from work.exported_runs)

select
    after,
    (select count(*) from work.export_runs where run_id > after) as runs,
    (select count(*) from work.export_batches where run_id > after) as batches,
    (select count(*) from work.export_changed) as orders
from exported
