-- Chosen orders that are not in the view or, for a retry, were not refused. What the destination
-- refused to give up is gone from the view.
(
    select order_id
    from work.chosen
    anti join work.snapshot using (order_id)
    where
        not $retry
        or order_id not in (select order_id from work.current where outcome = 'removal_refused')
    limit 1
)

union all

(select order_id from work.chosen anti join work.retried using (order_id) where $retry limit 1)
