insert into work.retried
select order_id
from ledger.current
where destination = $destination
    and environment = $environment
    and outcome = 'refused'
    and ($everything or order_id in (select order_id from work.chosen))
