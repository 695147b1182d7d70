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
where refused_run is not null;
