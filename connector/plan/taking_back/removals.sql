-- name: removing_nothing
-- Nothing is to be taken back, whatever the ledger holds.
create table plan.removing (order_id varchar);
create table work.leaving (order_id varchar, unremoved_run integer);
create table work.taken_back (order_id varchar);
create table work.removing_late (order_id varchar, moment timestamptz);
create table if not exists work.unfit (order_id varchar, number integer);

-- name: replaced
-- Orders about to be sent under another identity than the first time. Only planned orders are taken
-- back, in whatever part of the views they are.
create table work.replaced as
select distinct order_id
from work.violations
inner join work.checks using (number)
where
    $replaces
    and list_contains($rules, rule)
    and order_id in (select order_id from work.memory where not is_removed)
    and order_id in (select order_id from plan.planned)
;

-- name: surplus_next
-- The records not tried yet: one more of each order that may still be sent.
delete from work.records
where (order_id, record) in (select order_id, record from work.surplus)
;

delete from work.surplus
;

drop table work.taken_back
;

drop table work.removing_late
;

drop table work.removing_payloads
;

delete from work.replaced
;

-- name: surplus_replaced
-- An order is sent only when the destination has removed its surplus record.
insert into work.replaced select order_id from work.surplus
;

-- name: removing
-- The removals, with the columns of `plan.planned`, and their payloads. A refused removal is not
-- sent again unless requested, and one that was delivered with the same bytes is not needed.
create table plan.removing as
with hashed as (
    select
        leaving.* exclude (payload),
        leaving.payload as last_payload,
        taken_back.payload,
        md5_number(taken_back.payload) as payload_md5
    from work.taken_back as taken_back
    inner join work.leaving as leaving using (order_id)
),

-- Another version of these may still be under way, so they go last.
waiting as (
    select hashed.order_id, max(late.moment) as moment
    from hashed
    inner join work.late as late using (order_id)
    where late.payload_md5 <> hashed.payload_md5 or late.payload_md5 is null
    group by hashed.order_id
)

select
    row_number() over (order by moment is not null, order_id) as position,
    position as rank,
    order_id,
    0::ubigint as row_hash,
    'removed' as change,
    delivered_run,
    -- A new refusal of the removal replaces the former one.
    unremoved_run as refused_run,
    -- Orders that a restored ledger has in doubt, and that were taken back before.
    removed_run,
    refused_run as unremoved_run,
    moment
from hashed
left join waiting using (order_id)
where
    (
        payload_md5 is distinct from unremoved_md5
        or order_id in (select order_id from work.retried)
        or order_id in (select order_id from work.surplus)
    )
    and not (is_certain and (payload = last_payload or payload_md5 = delivered_md5))
    and order_id not in (select order_id from work.unfit)
order by position
;

create table work.removing_late as
select order_id, moment
from plan.removing
where moment is not null
;

create table work.removing_payloads as
select removing.rank, null::decimal(38, 4) as amount, taken_back.payload, null::varchar as steady
from plan.removing as removing
inner join work.taken_back as taken_back using (order_id)
order by removing.rank
;

-- name: unreplaced
-- An order is sent under another identity only when its old record was removed.
create or replace table plan.planned as
select * replace (row_number() over () as position)
from (
    from plan.planned
    where order_id not in (select order_id from work.replaced)
        or order_id in (select order_id from plan.removing)
    order by position
)
;

-- name: finished
-- An order is sent under another identity only when its old record is gone.
drop table plan.removing;

delete from work.refused
;

delete from work.sent
;

-- An order that follows its removal supersedes it, since the order is there again. The removal had
-- superseded the delivery before it, which must not be counted twice.
update plan.planned
set delivered_run = null, refused_run = null, unremoved_run = null, removed_run = $run_id
where
    order_id in (
        select order_id
        from ledger.deliveries
        where
            destination = $destination
            and environment = $environment
            and run_id = $run_id
            and outcome = 'removed'
    )
;

delete from plan.planned
where order_id in (select order_id from work.replaced) and removed_run is distinct from $run_id
;

create or replace table plan.planned as
select * replace (row_number() over () as position)
from (from plan.planned order by position)
;

delete from work.postponed
where order_id not in (select order_id from plan.planned)
;
