-- Runs, the newest first, of one scope or of all of them.
select
    run_id,
    destination,
    environment,
    command,
    strftime(started_at, '%Y-%m-%dT%H:%M:%SZ') as started_at,
    strftime(finished_at, '%Y-%m-%dT%H:%M:%SZ') as finished_at,
    round(greatest(epoch(finished_at) - epoch(started_at), 0), 3) as seconds,
    exit_code,
    orders,
    added,
    changed,
    in_doubt,
    unchanged,
    removed,
    invalid,
    refused_before,
    (summary ->> 'outdated')::bigint as outdated,
    (summary ->> 'not_sent')::bigint as not_sent,
    delivered,
    (summary ->> 'taken_back')::bigint as taken_back,
    refused,
    pending,
    batches,
    requests,
    retries,
    bytes,
    error,
    coalesce(summary ->> 'cause', error) as cause,
    alerts,
    summary -> 'stale' as stale
from ledger.run_history
where destination = $destination and environment = $environment
order by run_id desc
limit $limit
