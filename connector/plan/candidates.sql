-- name: last_sent
-- The row in the ledger of the last sent payload of each order in question. Aggregating the
-- payloads themselves would take memory that cannot be spilled. It does not read the view `kept`,
-- which would make the objects of all orders.
create table work.last_sent as
with
    kept as (
        select order_id, run_id, rowid as place, false as is_outcome
        from ledger.payloads
        where destination = $destination and environment = $environment

        union all

        select outcomes.order_id, outcomes.run_id, outcomes.rowid, true
        from ledger.outcomes as outcomes
        inner join ledger.steady_members as members using (run_id)
        where
            members.destination = $destination
            and members.environment = $environment
            and outcomes.steady is not null
    ),

    latest as (
        select order_id, arg_max({'place': place, 'is_outcome': is_outcome}, run_id) as found
        from kept
        where order_id in (select order_id from work.ranked)
        group by order_id
    )

select
    ranked.rank,
    ranked.order_id,
    found.place as place,
    found.is_outcome as is_outcome,
    ranked.is_removed
from latest
inner join work.ranked as ranked using (order_id)
order by ranked.rank
;

-- name: last_rank
select coalesce(max(rank), 0)
from work.last_sent
;

-- name: memory
-- What the destination may hold of the orders in question: the last sent payload, and whether the
-- order was taken back and not sent since. A send in doubt may have arrived.
insert into work.memory
with
    last_sent as (
        from work.last_sent
        where rank between $first and $last
    ),

    kept as (
        select last_sent.rank, last_sent.order_id, payloads.payload, last_sent.is_removed
        from ledger.payloads as payloads
        inner join last_sent on last_sent.place = payloads.rowid and not last_sent.is_outcome

        union all

        select
            last_sent.rank,
            last_sent.order_id,
            ledger.steady_object(members.names, outcomes.steady),
            last_sent.is_removed
        from ledger.outcomes as outcomes
        inner join last_sent on last_sent.place = outcomes.rowid and last_sent.is_outcome
        inner join ledger.steady_members as members using (run_id)
    )

select rank, order_id, payload, is_removed
from kept
order by rank
;
