-- Chosen orders that are not in the view or, for a retry, were not refused.
select order_id
from work.chosen
where
    order_id not in (select order_id from work.snapshot where order_id is not null)
    or ($retry and order_id not in (select order_id from work.retried))
limit 1
