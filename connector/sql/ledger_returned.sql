-- When an order is back in the view, its payload may equal the one that took it back. Then the
-- destination already has it, in the bytes that were sent.
create or replace temp table returned as
select settled.order_id, settled.row_hash, removed.run_id, removed.payload_md5, removed.status, removed.request_id, removed.batch_id
from work.settled as settled
inner join ledger.deliveries as removed
    on removed.order_id = settled.order_id
    and removed.run_id = settled.removed_run
    and removed.destination = $destination
    and removed.environment = $environment
where settled.verdict = 'unchanged' and settled.delivered_run is null
;

create or replace temp table told as
select
    $last_answer + row_number() over () as answer_id,
    batch_id,
    status,
    request_id
from (select distinct batch_id, status, request_id from returned)
;

insert into ledger.answers
select answer_id, $destination, $environment, $run_id, batch_id, 'delivered', status, $recorded_at, request_id
from told
;

insert into ledger.outcomes
select order_id, $run_id, answer_id, row_hash, payload_md5, null, null, null
from returned
inner join told
    on told.batch_id = returned.batch_id
    and told.status is not distinct from returned.status
    and told.request_id is not distinct from returned.request_id
;

insert into ledger.superseded
select $destination, $environment, order_id, run_id
from returned
;
