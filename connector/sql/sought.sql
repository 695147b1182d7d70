-- Orders that are read whatever their stamp says: what is not delivered as it is in the view, or is
-- asked for.
insert into work.sought
select order_id, false
from ledger.in_doubt
where destination = $destination and environment = $environment

union

select order_id, false
from ledger.current
where destination = $destination and environment = $environment and outcome in ('refused', 'removal_refused')

union

select order_id, false
from ledger.violations
where destination = $destination and environment = $environment and severity = 'error'

union

select order_id, false
from ledger.removals
where destination = $destination and environment = $environment

union

select order_id, false
from work.chosen
