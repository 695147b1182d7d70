select 1
from ledger.current
where
    destination = $destination
    and environment = $environment
    and outcome in ('refused', 'removal_refused')
limit 1
