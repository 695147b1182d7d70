-- An order may have been refused, and before that its removal.
insert into work.retried
select distinct order_id
from ledger.current
where destination = $destination
    and environment = $environment
    and outcome in ('refused', 'removal_refused')
    and ($everything or order_id in (select order_id from work.chosen))
