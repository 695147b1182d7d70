-- name: verdicts
-- The candidates by what becomes of them, and how many of those were delivered before.
select change, verdict, count(*), count(delivered_run)
from work.settled
group by all
;

-- name: states
-- What is not unchanged by its state, and how many of those were delivered before.
select state, count(*), count(delivered_run)
from plan.changes
group by state
;

-- name: counts
select
    (select count(*) from work.snapshot) as orders,
    (select count(*) from work.gone where delivered_run is not null) as removed,
    count(*) as planned,
    count(*) filter (where change = 'withdrawn') as taken_back,
    count(*) filter (where is_changed) as resent,
    (select count(*) from work.violations) as violations,
    (select count(*) from plan.removing)
    + (select count(*) from work.leaving)
    + (select count(*) from work.surplus) as leaving
from plan.planned
;

-- name: warned
select count(distinct order_id)
from work.violations
inner join work.checks using (number)
cross join work.choice as choice
where
    severity = 'warning'
    and order_id not in (select order_id from work.invalid)
    and (choice.everything or order_id in (select order_id from work.chosen))
;

-- name: leaving
select
    (select count(*) from plan.removing) as removals,
    (
        select count(*)
        from work.leaving
        where
            coalesce(unremoved_run, 0) > 0 and order_id not in (select order_id from plan.removing)
    ) as removals_refused,
    (
        select count(*)
        from work.leaving
        where order_id not in (select order_id from work.taken_back)
    ) as unremembered,
    (select count(*) from work.surplus) as surplus,
    (
        select count(distinct order_id)
        from work.unfit
        where order_id in (select order_id from work.leaving)
    ) as unfit
;

-- name: examples
-- The first orders of each kind, up to five.
select kind, arg_min(order_id, position, 5) as order_ids
from
    (
        select change as kind, order_id, position
        from plan.planned
        union all
        select 'invalid', order_id, row_number() over (order by order_id)
        from work.invalid
        union all
        select 'changed_while_read', order_id, row_number() over (order by order_id)
        from work.changed_while_read
    )
where kind in ('added', 'changed', 'in_doubt', 'invalid', 'changed_while_read')
group by kind
;

-- name: too_large
-- Planned orders that proved too large for a request, by their state in the ledger.
select change, count(*)
from work.oversized
inner join plan.planned using (rank)
group by change
;
