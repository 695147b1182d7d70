select
    strftime(started_at, '%Y-%m-%d') as day,
    count(*) as runs,
    coalesce(sum(delivered), 0)::bigint as delivered,
    coalesce(sum(refused), 0)::bigint as refused,
    arg_max(invalid, run_id) filter (where command <> 'backfill') as invalid
from ledger.run_history
where
    destination = $destination
    and environment = $environment
    and ($since is null or started_at >= $since)
group by day
order by day desc
