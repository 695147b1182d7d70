-- name: adoptable
-- Orders that no longer count are not adopted as taken back: the next run takes them back.
create or replace table plan.planned as
select * replace (row_number() over () as position)
from (from plan.planned where change <> 'withdrawn' order by position)
;

-- No request is under way, so no order needs to wait.
delete from work.postponed
;

-- name: adopted
-- Orders that a run adopted and that no later run has replaced.
select count(*)
from ledger.current
where
    destination = $destination
    and environment = $environment
    and run_id = $adopted
    and answer = 'adopted'
;

-- name: disown
-- Forget the orders that a run adopted and no later run replaced; restore their former outcomes.
-- Former doubts are lost, so all of these orders are in doubt.
create or replace temp table undone as
select order_id
from ledger.current
where
    destination = $destination
    and environment = $environment
    and run_id = $adopted
    and answer = 'adopted'
;

create or replace temp table restored as
with before as (
    select order_id, run_id, outcome
    from ledger.deliveries
    where
        destination = $destination
        and environment = $environment
        and run_id < $adopted
        and order_id in (from undone)
),

standing as (
    select order_id, max(run_id) as run_id
    from before
    where outcome in ('delivered', 'removed')
    group by order_id
)

select before.order_id, before.run_id
from before
left join standing using (order_id)
where before.run_id >= coalesce(standing.run_id, 0)
;

delete from ledger.superseded
where
    destination = $destination
    and environment = $environment
    and (order_id, run_id) in (from restored)
;

delete from ledger.outcomes
where run_id = $adopted and order_id in (from undone)
;

delete from ledger.answers
where run_id = $adopted and answer_id not in (select answer_id from ledger.outcomes)
;

delete from ledger.payloads
where
    destination = $destination
    and environment = $environment
    and run_id = $adopted
    and order_id in (from undone)
;

insert into ledger.planned
select distinct order_id, $adopted, null::uhugeint
from restored
;

delete from ledger.watermarks
where destination = $destination and environment = $environment
;
