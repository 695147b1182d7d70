-- name: trend
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
;

-- name: violations
select order_id, severity, cost, owner, rule, field, message
from work.violations
inner join work.checks using (number)
order by severity, rule, order_id
;

-- name: judged
select
    (select count(*) from work.invalid) as invalid,
    (
        select count(distinct order_id)
        from work.violations
        where order_id not in (select order_id from work.invalid)
    ) as warned
;

-- name: by_rule
select
    rule,
    severity,
    cost,
    owner,
    count(*) as orders,
    any_value(message) as message,
    list(order_id order by order_id)[:3] as examples
from work.violations
inner join work.checks using (number)
group by all
order by orders desc, rule
;

-- name: payload
select payload, strlen(payload) as bytes, standing
from work.payloads
inner join work.ranked using (order_id)
where order_id = $order_id
;

-- name: history
select
    run_id,
    batch_id,
    request_id,
    answer as outcome,
    status,
    reason,
    strftime(recorded_at, '%Y-%m-%dT%H:%M:%SZ') as at
from ledger.deliveries
where destination = $destination and environment = $environment and order_id = $order_id

union all

select run_id, null, null, 'in_doubt', null, 'planned, and no answer is known', null
from ledger.in_doubt
where destination = $destination and environment = $environment and order_id = $order_id

order by run_id
;

-- name: payload_of_last
-- The last sent payload of one order, if the ledger keeps whole payloads.
select payload, run_id
from ledger.kept
where destination = $destination and environment = $environment and order_id = $order_id
order by run_id desc
limit 1
;

-- name: outdated_since
-- The run that delivered the destination's version of an order that is now refused or invalid.
select run_id
from ledger.current
where
    destination = $destination
    and environment = $environment
    and order_id = $order_id
    and outcome = 'delivered'
    and (
        $order_id in (select order_id from work.invalid)
        or $order_id in (
            select order_id
            from ledger.current
            where destination = $destination and environment = $environment and outcome = 'refused'
        )
    )
;
