-- name: runs
-- Runs, the newest first, of one scope or of all of them. All numbers of a summary are extracted at
-- once, since binding each of them alone takes as long as all the rest.
with
    history as (
        select
            run_id,
            destination,
            environment,
            command,
            min(recorded_at) as started_at,
            max(recorded_at) filter (where event = 'finished') as finished_at,
            max(exit_code) as exit_code,
            max(summary) as summary
        from ledger.runs
        where destination = $destination and environment = $environment
        group by all
        order by run_id desc
        limit $limit
    )

select
    run_id,
    destination,
    environment,
    command,
    strftime(started_at, '%Y-%m-%dT%H:%M:%SZ') as started_at,
    strftime(finished_at, '%Y-%m-%dT%H:%M:%SZ') as finished_at,
    round(greatest(epoch(finished_at) - epoch(started_at), 0), 3) as seconds,
    exit_code,
    json_extract_string(summary, $counts::varchar[]) as counts,
    summary ->> 'error' as error,
    coalesce(summary ->> 'cause', error) as cause,
    summary -> 'alerts' as alerts,
    summary -> 'stale' as stale
from history
order by run_id desc
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
-- A window of a backfill says little about the whole view.
with
    planned as (
        select run_id, json_extract_string(summary, ['orders', 'invalid']) as told
        from ledger.runs
        where
            destination = $destination
            and environment = $environment
            and event = 'finished'
            and command <> 'backfill'
    )

select
    arg_max(told[1], run_id)::bigint as orders,
    arg_max(told[2], run_id) filter (where told[1] is not null)::bigint as invalid
from planned
;

-- name: last_success
-- The last run after which nothing was left to send, and what the last plan left unsent. A window
-- of a backfill says nothing about the other orders.
with
    ended as (
        select
            run_id,
            recorded_at,
            exit_code,
            json_extract_string(summary, ['pending', 'not_sent', 'newest_at']) as told,
            summary -> 'stale' as stale
        from ledger.runs
        where
            destination = $destination
            and environment = $environment
            and event = 'finished'
            and command <> 'backfill'
    ),

    whole as (select *, exit_code in (0, 1) and told[1] = '0' as is_success from ended)

select
    strftime(
        arg_max(recorded_at, run_id) filter (where is_success), '%Y-%m-%dT%H:%M:%SZ'
    ) as last_success_at,
    epoch(arg_max(recorded_at, run_id) filter (where is_success)) as succeeded,
    arg_max(told[1], run_id)::bigint as pending,
    coalesce(arg_max(told[2], run_id)::bigint, 0) as not_sent,
    arg_max(told[3], run_id) filter (where stale is not null) as newest_at,
    arg_max(stale, run_id) as stale
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
