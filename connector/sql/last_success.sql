-- The last run, by its number, after which nothing was left to send, and what the last plan left.
-- A window of a
-- backfill says nothing of the rest.
select
    strftime(
        arg_max(finished_at, run_id) filter (where exit_code in (0, 1) and pending = 0),
        '%Y-%m-%dT%H:%M:%SZ'
    ) as last_success_at,
    epoch(
        arg_max(finished_at, run_id) filter (where exit_code in (0, 1) and pending = 0)
    ) as succeeded,
    arg_max(pending, run_id) as pending
from ledger.run_history
where destination = $destination and environment = $environment and command <> 'backfill'
