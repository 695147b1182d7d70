select coalesce(max(summary -> 'reasons')::varchar, '{}') as reasons
from ledger.run_history
where run_id = $run_id
