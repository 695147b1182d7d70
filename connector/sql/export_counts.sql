select
    (select coalesce(max(run_id), 0) from work.exported_runs) as after,
    (select count(*) from work.new_runs) as runs,
    (select count(*) from work.new_batches) as batches,
    (select count(*) from work.new_orders) as orders
