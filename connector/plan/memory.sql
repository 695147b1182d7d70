-- name: last_sent
-- Where in the ledger the payload stands that was last sent of each order in question. To aggregate
-- the payloads themselves takes memory that cannot be spilled.
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
-- What the destination may hold of some of the orders in question: the payload as it was last sent,
-- and whether the order was taken back and nothing was sent since: what is in doubt may be there.
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
