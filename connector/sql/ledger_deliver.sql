-- What takes an order back is answered as a delivery is: see `ledger_give_up`.
insert into ledger.answers
select
    $last_answer + unnest(range(1, len($batches) + 1)),
    $destination,
    $environment,
    $run_id,
    unnest($batches) + $batches_before,
    $outcome,
    $status,
    $recorded_at,
    unnest($request_ids::varchar[]);

insert into ledger.outcomes
select
    chunk.order_id,
    $run_id,
    $last_answer
    + part.number
    + case chunk.change when 'withdrawn' then len($batches) else 0 end,
    chunk.row_hash,
    chunk.payload_md5,
    chunk.amount,
    null
from query_table($chunk) as chunk
inner join
    (
        select
            unnest(range(1, len($batches) + 1)) as number,
            unnest($batches) as batch,
            unnest($firsts) as first,
            unnest($lasts) as last
    ) as part
    on chunk.batch = part.batch
    and chunk.position between part.first and part.last
where chunk.position not in (select position from work.refused);
