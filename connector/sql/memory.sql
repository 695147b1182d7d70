-- What the destination may hold of the orders in question: the payload as it was last sent, and
-- whether the order was taken back and nothing was sent since: what is in doubt may be there.
insert into work.memory
with last_sent as (
    select order_id, arg_max(payload, run_id) as payload
    from ledger.payloads
    where
        destination = $destination
        and environment = $environment
        and order_id in (select order_id from work.ranked)
    group by order_id
)

select
    ranked.rank,
    last_sent.order_id,
    last_sent.payload,
    last_sent.order_id in (
        select order_id from work.current where outcome = 'removed'
    )
    and last_sent.order_id not in (
        select order_id
        from ledger.in_doubt
        where destination = $destination and environment = $environment
    ) as is_removed
from last_sent
inner join work.ranked as ranked using (order_id)
order by ranked.rank
