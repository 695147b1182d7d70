select
    run_id,
    command,
    strftime(min(recorded_at), '%Y-%m-%dT%H:%M:%SZ') as started_at,
    strftime(
        max(recorded_at) filter (where event = 'finished'), '%Y-%m-%dT%H:%M:%SZ'
    ) as finished_at,
    max(exit_code) as exit_code
from ledger.runs
where destination = $destination and environment = $environment
group by all
order by run_id desc
limit 1
