-- Columns of sampled orders that have another value than when they were sent. A number may have
-- been of another type then.
create or replace table work.compared as
select order_id
from ledger.samples
where
    destination = $destination
    and environment = $environment
    and order_id in (select order_id from work.prints)
group by order_id
;

create or replace table work.differing as
select order_id, column_name
from
    (
        from ledger.samples
        where
            destination = $destination
            and environment = $environment
            and order_id in (from work.compared)
    ) as old
full join
    (from work.prints where order_id in (from work.compared)) as new using (order_id, column_name)
where not coalesce(list_contains(new.prints, old.print), false)
;
