-- Orders that a run adopted and that no later run has replaced.
select count(*)
from ledger.current
where
    destination = $destination
    and environment = $environment
    and run_id = $adopted
    and answer = 'adopted'
