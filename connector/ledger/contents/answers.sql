-- name: set_aside
-- Orders that were refused while the rest of their batch was accepted are not part of its answer.
-- Earlier sends of them that may have arrived are kept; the others surely were not stored.
create or replace temp table aside as
select outcomes.order_id, outcomes.answer_id, outcomes.payload_md5
from ledger.outcomes as outcomes
inner join ledger.requests as requests using (answer_id)
inner join work.refused as refused
    on refused.batch = requests.batch_id and refused.order_id = outcomes.order_id
where
    requests.run_id = $run_id
    and requests.batch_id - $batches_before in (select unnest($batches));

insert into ledger.planned
select order_id, $run_id, payload_md5
from aside
where order_id in (select order_id from work.sent);

insert into ledger.payloads
select destination, environment, order_id, run_id, payload
from ledger.kept
where
    is_outcome
    and run_id = $run_id
    and order_id in (select order_id from aside)
    and order_id in (select order_id from work.sent)
;

delete from ledger.outcomes
where (order_id, answer_id) in (select order_id, answer_id from aside)
;

-- name: deliver
-- Whole batches, without orders set aside: their intents become outcomes.
insert into ledger.answers
select
    $first_answer + unnest($batches),
    $destination,
    $environment,
    $run_id,
    unnest($batches) + $batches_before,
    $outcome,
    $status,
    $recorded_at,
    unnest($request_ids::varchar[])
;

-- name: deliver_parts
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
where answer_id in (select answer_id from taken)
;

-- name: deliver_back
-- A removal is answered like a delivery.
insert into ledger.answers
select
    requests.answer_id,
    $destination,
    $environment,
    $run_id,
    requests.batch_id,
    'removed',
    $status,
    $recorded_at,
    part.request_id
from ledger.requests as requests
inner join
    (
        select
            unnest($batches) + $batches_before as batch_id,
            unnest($request_ids::varchar[]) as request_id
    ) as part
    on part.batch_id = requests.batch_id
where requests.run_id = $run_id and requests.takes_back
;

-- name: supersede
insert into ledger.superseded
select
    $destination,
    $environment,
    order_id,
    unnest(list_distinct([delivered_run, refused_run, removed_run, unremoved_run]))
from query_table($chunk) as chunk
inner join
    (
        select unnest($batches) as batch, unnest($firsts) as first, unnest($lasts) as last
    ) as part
    on chunk.batch = part.batch
    and chunk.position between part.first and part.last
where chunk.position not in (select position from work.refused)
    and coalesce(delivered_run, refused_run, removed_run, unremoved_run) is not null
;

-- name: refuse
create or replace temp table refusals as
from work.refused
where not is_recorded;

create or replace temp table told as
select
    $last_answer + row_number() over () as answer_id,
    batch,
    status,
    request_id
from (select distinct batch, status, request_id from refusals)
;

insert into ledger.answers
select answer_id, $destination, $environment, $run_id, batch, $outcome, status, $recorded_at, request_id
from told;

insert into ledger.outcomes
select order_id, $run_id, answer_id, row_hash, payload_md5, null, reason, null
from refusals
inner join told
    on told.batch = refusals.batch
    and told.status is not distinct from refusals.status
    and told.request_id is not distinct from refusals.request_id;

-- Keep what an attempt before the refusal may have left at the destination.
delete from ledger.payloads
where
    destination = $destination
    and environment = $environment
    and run_id = $run_id
    and order_id in (select order_id from refusals)
    and order_id not in (select order_id from work.sent)
;

insert into ledger.superseded
select $destination, $environment, order_id, refused_run
from refusals
where refused_run is not null
;
