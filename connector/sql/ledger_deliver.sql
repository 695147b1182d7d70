create or replace temp table acknowledged as
select
    order_id,
    batch + $batches_before as batch,
    row_hash,
    payload_md5,
    delivered_run,
    refused_run,
    removed_run
from query_table($chunk)
where batch = $batch
    and position between $first and $last
    and position not in (select position from work.refused);

insert into ledger.deliveries
select $destination, $environment, order_id, $run_id, batch, row_hash, payload_md5, $outcome, $status, null, $recorded_at, $request_id
from acknowledged;

insert into ledger.superseded
select
    $destination,
    $environment,
    order_id,
    unnest(list_distinct([delivered_run, refused_run, removed_run]))
from acknowledged
where coalesce(delivered_run, refused_run, removed_run) is not null;
