-- Removals among other orders have their own answer.
insert into ledger.requests
select
    $last_answer + $chunk_batches + batch,
    $run_id,
    batch + $batches_before,
    true
from (select distinct batch from query_table($chunk) where change = 'withdrawn');
