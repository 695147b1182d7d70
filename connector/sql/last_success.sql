-- The last run, by its number, after which nothing was left to send, and what the last plan left
-- and did not send at all. A window of a backfill says nothing of the rest.
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
