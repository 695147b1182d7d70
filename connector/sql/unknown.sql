-- Chosen orders that are not in the view or, for a retry, were not refused.
(select order_id from work.chosen anti join work.snapshot using (order_id) limit 1)

union all

(select order_id from work.chosen anti join work.retried using (order_id) where $retry limit 1)
