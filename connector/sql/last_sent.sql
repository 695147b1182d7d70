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
