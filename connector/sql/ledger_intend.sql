insert into ledger.requests
select $last_answer + number, $run_id, number + $batches_before, false
from (select unnest(range(1, $chunk_batches + 1)) as number);

insert into ledger.outcomes
select
    order_id,
    $run_id,
    $last_answer + batch + case change when 'withdrawn' then $chunk_batches else 0 end,
    row_hash,
    payload_md5,
    amount,
    null,
    case when len($steady::varchar[]) > 0 and change <> 'withdrawn' then steady end
from query_table($chunk);
