-- name: last_sent
-- The row in the ledger of the last sent payload of each order in question. Aggregating the
-- payloads themselves would take memory that cannot be spilled.
create table work.last_sent as
with latest as (
    select order_id, arg_max({'place': place, 'is_outcome': is_outcome}, run_id) as found
    from ledger.kept
    where
        destination = $destination
        and environment = $environment
        and order_id in (select order_id from work.ranked)
    group by order_id
)

select ranked.rank, ranked.order_id, found.place as place, found.is_outcome as is_outcome
from latest
inner join work.ranked as ranked using (order_id)
order by ranked.rank
;

-- name: memory
-- What the destination may hold of the orders in question: the last sent payload, and whether the
-- order was taken back and not sent since. A send in doubt may have arrived. It does not read the
-- view `kept`, which would make the objects of all orders.
insert into work.memory
with
    last_sent as (
        from work.last_sent
        where rank between $first and $last
    ),

    kept as (
        select last_sent.rank, last_sent.order_id, payloads.payload
        from ledger.payloads as payloads
        inner join last_sent on last_sent.place = payloads.rowid and not last_sent.is_outcome

        union all

        select
            last_sent.rank,
            last_sent.order_id,
            ledger.steady_object(members.names, outcomes.steady)
        from ledger.outcomes as outcomes
        inner join last_sent on last_sent.place = outcomes.rowid and last_sent.is_outcome
        inner join ledger.steady_members as members using (run_id)
    )

select
    rank,
    order_id,
    payload,
    order_id in (select order_id from work.current where outcome = 'removed')
    and order_id not in (
        select order_id
        from ledger.in_doubt
        where destination = $destination and environment = $environment
    ) as is_removed
from kept
order by rank
;
