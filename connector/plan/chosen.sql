-- name: choose
insert into work.choice
values ($full, $everything, $is_limited, $is_windowed, false, false, null)
;

-- name: records
-- The records that a verification found at the destination for some orders.
create table work.records as
select unnest($ids::varchar[]) as order_id, unnest($records::varchar[]) as record
;

-- name: retried
-- Both an order and an earlier removal of it may have been refused.
insert into work.retried
select distinct order_id
from ledger.current
where destination = $destination
    and environment = $environment
    and outcome in ('refused', 'removal_refused')
    and ($everything or order_id in (select order_id from work.chosen))
;

-- name: unknown
-- Chosen orders that are not in the view or, for a retry, were not refused. Orders whose removal
-- was refused are gone from the view.
(
    select order_id
    from work.chosen
    anti join work.snapshot using (order_id)
    where
        not $retry
        or order_id not in (select order_id from work.current where outcome = 'removal_refused')
    limit 1
)

union all

(select order_id from work.chosen anti join work.retried using (order_id) where $retry limit 1)
;
