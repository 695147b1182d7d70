-- What takes orders back among others has an answer of its own.
insert into ledger.requests
select
    $last_answer + $chunk_batches + batch,
    $run_id,
    batch + $batches_before,
    true
from (select distinct batch from query_table($chunk) where change = 'withdrawn');
