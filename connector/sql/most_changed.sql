-- Columns of which the most orders have another value than when they were sent. A number may have
-- been of another type then.
select
    column_name,
    count(*) filter (where not coalesce(list_contains(new.prints, old.print), false))
    / max(orders) as share,
    max(orders) as orders
from
    (
        from ledger.samples
        where
            destination = $destination
            and environment = $environment
            and order_id in (select order_id from work.prints)
    ) as old
full join
    (
        from work.prints
        where
            order_id in (
                select order_id
                from ledger.samples
                where destination = $destination and environment = $environment
            )
    ) as new using (order_id, column_name)
cross join
    (
        select count(distinct order_id) as orders
        from ledger.samples
        where
            destination = $destination
            and environment = $environment
            and order_id in (select order_id from work.prints)
    ) as counted
group by column_name
having share > 0
order by share desc, column_name
limit 5
