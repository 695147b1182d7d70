-- A run that was discarded leaves its number to nobody, once a ledger is believed from it on.
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
