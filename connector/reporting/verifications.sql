-- name: has_verifications
-- A ledger of an earlier version, or one without verifications, lacks this table.
select 1
from duckdb_tables()
where database_name = 'ledger' and table_name = 'verifications'
;

-- name: last_verification
-- When a destination was last verified, with the findings.
select strftime(recorded_at, '%Y-%m-%dT%H:%M:%SZ') as "at", epoch(recorded_at) as ended, summary
from ledger.verifications
where destination = $destination and environment = $environment
order by recorded_at desc
limit 1
;

-- name: verified_days
-- What the destination held of each day, as the last verification of that day found.
with
    checked as (
        select
            recorded_at,
            summary ->> 'from' as first_day,
            summary ->> 'to' as last_day,
            from_json(summary -> 'totals', '[{
                    "day": "varchar", "currency": "varchar", "orders_there": "bigint",
                    "amount_there": "varchar"
                }]') as totals
        from ledger.verifications
        where
            destination = $destination
            and environment = $environment
            and (summary -> 'totals') is not null
    ),

    found as (select recorded_at, unnest(totals, recursive := true) from checked)

select
    day,
    currency,
    orders_there as orders,
    amount_there as amount,
    strftime(recorded_at, '%Y-%m-%dT%H:%M:%SZ') as "at"
from found
where
    not exists (
        select 1
        from checked as later
        where
            later.recorded_at > found.recorded_at
            and found.day between later.first_day and later.last_day
    )
order by day, currency
;
