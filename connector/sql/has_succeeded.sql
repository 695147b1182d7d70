-- Whether any run but a window of a backfill has left nothing to send, of those that the ledger
-- does
-- not know of from before it was put back from a copy.
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
