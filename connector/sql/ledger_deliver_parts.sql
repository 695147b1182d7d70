-- Parts of batches have their own answers; the rest of a batch keeps its intent.
create or replace temp table parted as
select
    $last_answer + row_number() over () as answer_id,
    requests.answer_id as whole_id,
    requests.takes_back,
    part.*
from ledger.requests as requests
inner join
    (
        select
            unnest($batches) as batch,
            unnest($firsts) as first,
            unnest($lasts) as last,
            unnest($request_ids::varchar[]) as request_id
    ) as part
    on requests.batch_id = part.batch + $batches_before
where requests.run_id = $run_id;

create or replace temp table taken as
select chunk.order_id, parted.answer_id, parted.whole_id
from query_table($chunk) as chunk
inner join parted
    on parted.batch = chunk.batch
    and chunk.position between parted.first and parted.last
    and parted.takes_back = (chunk.change = 'withdrawn')
where chunk.position not in (select position from work.refused);

update ledger.outcomes
set answer_id = taken.answer_id
from taken
where outcomes.answer_id = taken.whole_id and outcomes.order_id = taken.order_id;

insert into ledger.answers
select
    answer_id,
    $destination,
    $environment,
    $run_id,
    batch + $batches_before,
    case when takes_back then 'removed' else $outcome end,
    $status,
    $recorded_at,
    request_id
from parted
where answer_id in (select answer_id from taken);
