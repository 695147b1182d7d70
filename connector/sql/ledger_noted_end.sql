-- The end of a run that the ledger could not take when it ended; if the ledger could not take its
-- beginning either, that too.
insert into ledger.runs
select
    $run_id as run_id,
    $destination as destination,
    $environment as environment,
    $command as command,
    event,
    $recorded_at as recorded_at,
    case event when 'finished' then $exit_code end as exit_code,
    case event when 'finished' then $summary end as summary
from (select unnest(['started', 'finished']) as event)
anti join (from ledger.runs where run_id = $run_id) using (event)
;
