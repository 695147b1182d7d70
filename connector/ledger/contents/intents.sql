-- name: intend
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
from query_table($chunk)
;

-- name: intend_back
-- Removals among other orders have their own answer.
insert into ledger.requests
select
    $last_answer + $chunk_batches + batch,
    $run_id,
    batch + $batches_before,
    true
from (select distinct batch from query_table($chunk) where change = 'withdrawn')
;

-- name: steady_members
-- Of a run, when its first chunk is written.
insert into ledger.steady_members
select $destination, $environment, $run_id, $steady
where $run_id not in (select run_id from ledger.steady_members)
;

-- name: keep_payload
-- A removal is made from the payload sent before it, which is therefore kept.
insert into ledger.payloads
select $destination, $environment, chunk.order_id, $run_id, payloads.payload
from query_table($chunk) as chunk
inner join query_table($payloads) as payloads using (position)
where chunk.change <> 'withdrawn'
;

-- name: too_large
-- Rendering an order shows that it is too large.
insert into ledger.violations
select $destination, $environment, $run_id, planned.order_id, rule, field, severity, message, $recorded_at
from query_table($payloads) as payloads
anti join query_table($chunk) using (position)
inner join plan.planned as planned using (position)
inner join work.checks as checks on checks.number = (select max(number) from work.checks)
;

-- name: forget
-- Settles the requests of some batches. Orders that may have arrived without an answer are kept one
-- by one; those that surely were not stored are deleted.
create or replace temp table unanswered as
select answer_id
from ledger.requests
anti join ledger.answers using (answer_id)
where run_id = $run_id and batch_id between $first_batch and $last_batch
;

insert into ledger.planned
select order_id, run_id, payload_md5
from ledger.outcomes
where answer_id in (from unanswered) and order_id in (select order_id from work.sent)
;

-- Their outcomes go, and what should stay of them is kept.
insert into ledger.payloads
select destination, environment, order_id, run_id, payload
from ledger.kept
where
    is_outcome
    and place in (select rowid from ledger.outcomes where answer_id in (from unanswered))
    and order_id in (select order_id from work.sent)
;

delete from ledger.outcomes
where answer_id in (from unanswered)
;

delete from ledger.requests
where run_id = $run_id and batch_id between $first_batch and $last_batch
;

-- name: settled
-- Every request of a run was accepted as sent.
delete from ledger.requests
where run_id = $run_id
;

-- name: linger
-- No answer came from the server itself, which may still be processing these orders.
insert into ledger.on_wire
select order_id, $run_id, payload_md5, $moment
from query_table($chunk)
where
    batch = $batch
    and position between $first and $last
    and position not in (select position from work.refused)
;

-- name: arrive
delete from ledger.on_wire
where
    run_id = $run_id
    and order_id in (
        select order_id
        from ledger.deliveries
        where run_id = $run_id and outcome in ('delivered', 'removed')
    )
;

-- name: unsend
-- Deletes the payloads of a run that were neither delivered nor may have arrived. Delivered ones
-- stay, since later sends depend on them.
delete from ledger.payloads
where
    destination = $destination
    and environment = $environment
    and run_id = $run_id
    and order_id not in (select order_id from work.sent)
    and order_id not in (
        select order_id
        from ledger.deliveries
        where destination = $destination and environment = $environment and run_id = $run_id
    )
;

-- name: last_answer
select
    coalesce(
        greatest(
            (select max(answer_id) from ledger.answers),
            (select max(answer_id) from ledger.requests)
        ),
        0
    )
;
