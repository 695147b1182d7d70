-- name: withdrawn
create table work.withdrawn as
select rank, order_id
from plan.changes
where change = 'withdrawn' and state = 'candidate'
order by rank
;

-- name: based
-- The orders to take back, with the last sent payload if the ledger keeps it. A payload stored
-- before the ledger was set to keep whole payloads lacks the order's key.
create table work.based as
select withdrawn.rank, withdrawn.order_id, memory.payload
from work.withdrawn as withdrawn
inner join work.memory as memory using (rank)
where $remembers and json_extract(memory.payload, $key) is not null
;

-- name: withdraw
-- The payloads that take orders back; findings about their rows in the view do not matter.
create table work.retracted as
select withdrawn.rank, withdrawn.order_id, taken.payload, md5_number(taken.payload) as payload_md5
from work.withdrawn as withdrawn
inner join work.taken as taken using (order_id)
order by withdrawn.rank
;

drop table work.taken
;

drop table work.based
;

delete from work.violations
where order_id in (select order_id from work.withdrawn)
;

insert into work.rendered
select rank, payload_md5, payload_md5, null, null
from work.retracted
;

insert into work.oversized
select rank
from work.retracted
where strlen(payload) > $max_order_bytes
;
