insert into work.retried
select order_id
from ledger.current
where destination = $destination
    and environment = $environment
    and outcome in ('refused', 'removal_refused')
    and ($everything or order_id in (select order_id from work.chosen))
