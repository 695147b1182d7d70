-- The number of a discarded run is not reused once the ledger is trusted from that run on.
select
    ledger,
    coalesce(
        greatest(
            (select max(run_id) from ledger.runs), (select max(run_id) from ledger.distrusted)
        ),
        0
    ) as run_id,
    sequence
from ledger.stamp
