-- What takes an order back is answered as a delivery is.
insert into ledger.deliveries
select
    $destination,
    $environment,
    order_id,
    $run_id,
    chunk.batch + $batches_before,
    row_hash,
    payload_md5,
    case chunk.change when 'withdrawn' then 'removed' else $outcome end,
    $status,
    null,
    $recorded_at,
    part.request_id
from query_table($chunk) as chunk
inner join
    (
        select
            unnest($batches) as batch,
            unnest($firsts) as first,
            unnest($lasts) as last,
            unnest($request_ids::varchar[]) as request_id
    ) as part
    on chunk.batch = part.batch
    and chunk.position between part.first and part.last
where chunk.position not in (select position from work.refused);
