-- name: runs
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
;

-- name: scope_of_run
select destination, environment
from ledger.runs
where run_id = $run_id
limit 1
;

-- name: batches
-- The batches of a run, until later deliveries have long replaced theirs.
select
    batch_id,
    count(*) filter (where outcome in ('delivered', 'removed')) as delivered,
    count(*) filter (where outcome in ('refused', 'removal_refused')) as refused,
    list(distinct status order by status) as statuses,
    list(distinct request_id order by request_id) as request_ids,
    strftime(min(recorded_at), '%Y-%m-%dT%H:%M:%SZ') as first_at,
    strftime(max(recorded_at), '%Y-%m-%dT%H:%M:%SZ') as last_at
from ledger.deliveries
where run_id = $run_id
group by batch_id
order by batch_id
;

-- name: reasons_of_run
select coalesce(max(summary -> 'reasons')::varchar, '{}') as reasons
from ledger.run_history
where run_id = $run_id
;

-- name: last_plan
select arg_max(orders, run_id) as orders, arg_max(invalid, run_id) as invalid
from ledger.run_history
where
    destination = $destination
    and environment = $environment
    and orders is not null
    and command <> 'backfill'  -- one of its windows says little about the whole view
;

-- name: last_success
-- The last run after which nothing was left to send, and what the last plan left unsent. A window
-- of a backfill says nothing about the other orders.
with
    whole as (
        select *, exit_code in (0, 1) and pending = 0 as is_success
        from ledger.run_history
        where destination = $destination and environment = $environment and command <> 'backfill'
    )

select
    strftime(
        arg_max(finished_at, run_id) filter (where is_success), '%Y-%m-%dT%H:%M:%SZ'
    ) as last_success_at,
    epoch(arg_max(finished_at, run_id) filter (where is_success)) as succeeded,
    arg_max(pending, run_id) as pending,
    coalesce(arg_max((summary ->> 'not_sent')::bigint, run_id), 0) as not_sent,
    arg_max(summary ->> 'newest_at', run_id) filter (
        where (summary -> 'stale') is not null
    ) as newest_at,
    arg_max(summary -> 'stale', run_id) filter (where (summary -> 'stale') is not null) as stale
from whole
;

-- name: has_succeeded
-- Whether any run left nothing to send, without windows of backfills and without runs from before
-- the ledger was restored from a copy.
select
    exists (
        from ledger.runs
        where
            destination = $destination
            and environment = $environment
            and command <> 'backfill'
            and exit_code in (0, 1)
            and (summary ->> 'pending')::bigint = 0
            and run_id >= (
                select coalesce(max(run_id), 0)
                from ledger.distrusted
                where destination = $destination and environment = $environment
            )
    ) as is_loaded
;

-- name: sent_again
-- Orders delivered since the run from which the ledger can be trusted.
select count(*) as orders
from ledger.current
where
    destination = $destination
    and environment = $environment
    and outcome = 'delivered'
    and run_id >= (
        select coalesce(max(run_id), 0)
        from ledger.distrusted
        where destination = $destination and environment = $environment
    )
;

-- name: taken_back
select count(*) as orders
from ledger.deliveries
where run_id = $run_id and outcome = 'removed'
;
