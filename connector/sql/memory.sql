-- What the destination may hold of the orders in question: the payload as it was last sent, and
-- whether the order was taken back since.
insert into work.memory
select
    ranked.rank,
    last_sent.order_id,
    last_sent.payload,
    last_sent.order_id in (
        select order_id
        from ledger.current
        where destination = $destination and environment = $environment and outcome = 'removed'
    ) as is_removed
from ledger.last_sent as last_sent
inner join work.ranked as ranked using (order_id)
where last_sent.destination = $destination and last_sent.environment = $environment
order by ranked.rank
