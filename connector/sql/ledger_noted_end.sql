-- Records the end of a run that could not be written when it ended, and its start if that is
-- missing, too.
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
