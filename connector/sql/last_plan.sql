select arg_max(orders, run_id) as orders, arg_max(invalid, run_id) as invalid
from ledger.run_history
where
    destination = $destination
    and environment = $environment
    and orders is not null
    and command <> 'backfill'  -- a window of it is no measure of a whole view
