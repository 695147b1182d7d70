select ledger, coalesce((select max(run_id) from ledger.runs), 0) as run_id, sequence
from ledger.stamp
