-- name: newest
-- How long, in seconds, the views had nothing new: the longest past gap (`usual`), the present one
-- (`held`), and how long runs have observed them. Gaps reported as stale do not count as usual.
with
    looks as (
        select
            run_id,
            epoch(recorded_at) as moment,
            epoch((summary ->> 'newest_at')::timestamptz) as newest,
            (summary -> 'stale' ->> 'views') is not null as is_stale
        from ledger.runs
        where
            destination = $destination
            and environment = $environment
            and event = 'finished'
            and recorded_at > now() - to_days(28)
            and (summary ->> 'newest_at') is not null

        union all

        select null, $now, $newest, false
    ),

    reached as (
        select moment, is_stale, max(newest) over (order by run_id nulls last) as newest from looks
    ),

    spans as (
        select newest, min(moment) as since, bool_or(is_stale) as is_stale
        from reached
        group by newest
    ),

    spells as (
        select since, is_stale, lead(since) over (order by newest) - since as held from spans
    )

select
    max(held) filter (where not is_stale) as usual,
    greatest($now - max(since), 0) as held,
    $now - min(since) as looked
from spells
;
