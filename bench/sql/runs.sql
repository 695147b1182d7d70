-- Copies of the first run, so many with it, one every two hours before it.
insert into runs
select
    i::integer as run_id,
    destination,
    environment,
    command,
    event,
    recorded_at - to_hours(2 * ($runs - i)::integer) as recorded_at,
    exit_code,
    summary
from runs, range(2, $runs + 1) as numbers(i)
where run_id = 1
;
