-- Delivered orders that are gone from the view since a run last took note.
create or replace table work.vanished as
select order_id
from ledger.current
where destination = $destination
    and environment = $environment
    and outcome = 'delivered'
    and order_id not in (select order_id from work.snapshot)
    and order_id not in (
        select order_id from ledger.removals where destination = $destination and environment = $environment
    )
