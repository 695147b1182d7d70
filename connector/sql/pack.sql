-- What is sent, oldest first, and up to which order.
create table plan.planned as
with chosen as (from work.settled where verdict = 'planned' order by rank limit $limit)

select
    row_number() over () as position,
    rank,
    order_id,
    row_hash,
    change,
    delivered_run,
    refused_run,
    removed_run,
    unremoved_run,
    is_changed
from chosen
;

update work.choice
set last_rank = (select max(rank) from plan.planned)
where is_limited
;

-- Refused orders that the destination holds in an older version.
create view work.outdated as
select order_id
from work.refused
semi join (from plan.planned where delivered_run is not null) using (order_id)
;
