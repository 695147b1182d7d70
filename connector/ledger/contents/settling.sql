-- name: due
-- What there is to settle: most runs leave little. Only orders with an earlier answer prove
-- unchanged, or refused before, and those that are planned do not.
select
    count(*) filter (where state = 'candidate') as candidates,
    count(coalesce(delivered_run, refused_run, removed_run)) filter (where state = 'candidate') - (
        select count(coalesce(delivered_run, refused_run, removed_run)) from plan.planned
    ) as settled,
    count(refused_run) as dead,
    count(unremoved_run) as unremoved,
    (select count(*) from work.gone) as gone,
    (select count(*) from work.completeness where is_emptied) as emptied,
    (
        select count(distinct order_id)
        from ledger.samples
        where destination = $destination and environment = $environment
    )
    + (select count(*) from work.sampled) as sampled
from plan.changes
;

-- name: refresh
-- Only the row hash is updated in place, since it caches what was read and does not record an
-- event. It is updated in parts to save memory.
create or replace temp table refreshed as
select
    order_id, row_hash, case verdict when 'unchanged' then delivered_run else refused_run end as run_id
from work.settled
where rank between $first and $last and verdict in ('unchanged', 'refused_before')
;

update ledger.outcomes
set row_hash = refreshed.row_hash
from refreshed
where outcomes.order_id = refreshed.order_id and outcomes.run_id = refreshed.run_id;

drop table refreshed
;

-- name: clear_dead_letters
-- An order that equals its delivered version, or is not to be sent, stops being a dead letter.
insert into ledger.superseded
select $destination, $environment, order_id, refused_run
from plan.changes
where refused_run is not null
    and (
        (state = 'unchanged' and not is_retried)
        or state = 'not_sent'
        or order_id in (select order_id from work.settled where verdict = 'unchanged')
    );

-- name: unremoved
-- A removal stops being pending when the order is in the view as delivered, or is left at the
-- destination as it is, whether it counts for nothing or is gone.
insert into ledger.superseded
select $destination, $environment, order_id, unremoved_run
from plan.changes
where
    unremoved_run is not null
    and (
        state in ('unchanged', 'not_sent')
        or order_id in (select order_id from work.settled where verdict = 'unchanged')
    )

union all

select $destination, $environment, order_id, run_id
from work.current
where
    outcome = 'removal_refused'
    and (select everything from work.choice)
    and order_id in (select order_id from work.gone)
    and order_id not in (select order_id from work.leaving)
;

-- name: returned
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

-- name: sample
-- Of the plan's orders: those of earlier windows were sampled when they were settled.
delete from ledger.samples
where
    destination = $destination
    and environment = $environment
    and order_id
    in (select order_id from ledger.deliveries where run_id = $run_id and outcome = 'delivered')
    and order_id in (select order_id from plan.planned)
;

insert into ledger.samples
select $destination, $environment, order_id, column_name, print
from work.prints
where order_id in (
        select order_id from ledger.deliveries where run_id = $run_id and outcome = 'delivered'
    )
;

-- name: trim
delete from ledger.samples
where
    destination = $destination
    and environment = $environment
    and order_id not in (
        select order_id
        from ledger.samples
        where destination = $destination and environment = $environment
        group by order_id
        order by md5(order_id)
        limit 1000
    )
;

-- name: complete
-- Orders that were not read keep their former counts; orders that were read, or are gone, count
-- only as they are now.
create or replace temp table complete as
with remembered as (
    select entity, column_name, orders
    from ledger.completeness
    where destination = $destination and environment = $environment
),

touched as (
    select
        (select count(*) from plan.changes where state = 'candidate' and change <> 'added')
        + (select count(*) from work.gone) as orders
)

select
    found.entity,
    found.column_name,
    case
        when found.is_emptied
        then 0
        else
            greatest(coalesce(remembered.orders, 0) - touched.orders, 0)
            + case when $is_limited then 0 else found.orders end
    end as orders
from work.completeness as found
cross join touched
left join remembered using (entity, column_name)
;

delete from ledger.completeness
where destination = $destination and environment = $environment
;

insert into ledger.completeness
select $destination, $environment, entity, column_name, orders
from complete
where orders > 0;

drop table complete
;
