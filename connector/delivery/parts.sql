-- name: body
select encode($before || string_agg(payload, ',' order by position) || $after)
from query_table($chunk)
inner join query_table($payloads) using (position)
where
    batch = $batch
    and position between $first and $last
    and position not in (select position from work.refused)
;

-- name: refuse
insert into work.refused
select order_id, position, batch + $batches_before, row_hash, payload_md5, refused_run, $status, $request_id, reason, false
from query_table($chunk)
inner join temp.named using (order_id)
where batch = $batch
    and position between $first and $last
    and position not in (select position from work.refused)
returning reason
;

-- name: ids
select order_id
from query_table($chunk)
where
    batch = $batch
    and position between $first and $last
    and position not in (select position from work.refused)
;

-- name: sent
insert into work.sent
select order_id
from query_table($chunk)
where
    batch = $batch
    and position between $first and $last
    and position not in (select position from work.refused)
;

-- name: cut
-- The position of the last of the first $orders orders of a part.
select position
from query_table($chunk)
where
    batch = $batch
    and position between $first and $last
    and position not in (select position from work.refused)
order by position
limit 1
offset $orders - 1
;

-- name: refusals_blamed
-- Whether the account accepted orders before, and not each of those that it refuses now.
with
    taken as (
        select order_id
        from ledger.deliveries
        where destination = $destination and environment = $environment and outcome = $outcome
    )

select
    exists (from taken)
    and exists (
        from work.refused where not is_recorded and order_id not in (select order_id from taken)
    )
;
