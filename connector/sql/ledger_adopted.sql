-- What a run adopted, and no later one has replaced.
select count(*)
from ledger.current
where
    destination = $destination
    and environment = $environment
    and run_id = $adopted
    and answer = 'adopted'
