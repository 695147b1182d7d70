-- name: scope
-- Whose deliveries the ledger has, if they are compared with all orders of the views.
select current.destination, current.environment, stamp.ledger
from work.current as current
cross join ledger.stamp as stamp
cross join work.choice as choice
where
    current.outcome = 'delivered'
    and not choice.is_full
    and not choice.is_windowed
    and not choice.is_cut
limit 1
;
