-- Runs, one row each; a run without an end was killed.
select
    run_id,
    destination,
    environment,
    command,
    started_at,
    finished_at,
    exit_code,
    coalesce(exit_code in (0, 1) and pending = 0 and command <> 'backfill', false) as is_success,
    (summary ->> 'outdated')::bigint as outdated,
    (summary ->> 'not_sent')::bigint as not_sent,
    (summary ->> 'taken_back')::bigint as taken_back,
    * exclude (
        run_id,
        destination,
        environment,
        command,
        started_at,
        finished_at,
        exit_code,
        summary,
        error,
        alerts
    )
from ledger.run_history
order by run_id
