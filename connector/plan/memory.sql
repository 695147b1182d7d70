-- name: last_sent
-- The row in the ledger of the last sent payload of each order in question. Aggregating the
-- payloads themselves would take memory that cannot be spilled.
create table work.last_sent as
with latest as (
    select order_id, arg_max(rowid, run_id) as place
    from ledger.payloads
    where
        destination = $destination
        and environment = $environment
        and order_id in (select order_id from work.ranked)
    group by order_id
)

select ranked.rank, ranked.order_id, latest.place
from latest
inner join work.ranked as ranked using (order_id)
order by ranked.rank
;

-- name: memory
-- What the destination may hold of the orders in question: the last sent payload, and whether the
-- order was taken back and not sent since. A send in doubt may have arrived.
insert into work.memory
with last_sent as (
    from work.last_sent
    where rank between $first and $last
)

select
    last_sent.rank,
    last_sent.order_id,
    payloads.payload,
    last_sent.order_id in (
        select order_id from work.current where outcome = 'removed'
    )
    and last_sent.order_id not in (
        select order_id
        from ledger.in_doubt
        where destination = $destination and environment = $environment
    ) as is_removed
from ledger.payloads as payloads
inner join last_sent on last_sent.place = payloads.rowid
order by last_sent.rank
;
