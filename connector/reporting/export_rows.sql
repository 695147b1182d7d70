-- name: batches
-- Answered batches, one row each, for as long as the ledger keeps their deliveries.
select
    run_id,
    destination,
    environment,
    batch_id,
    count(*) filter (where outcome in ('delivered', 'removed')) as delivered,
    count(*) filter (where outcome in ('refused', 'removal_refused')) as refused,
    min(recorded_at) as first_answer_at,
    max(recorded_at) as last_answer_at
from ledger.deliveries
group by run_id, destination, environment, batch_id
order by run_id, destination, environment, batch_id
;

-- name: orders
-- Every order in the ledger, one row per destination and environment: what the destination holds
-- (delivered_*), and the present state of the order.
with
    delivered as (
        select
            destination, environment, order_id, run_id, batch_id, recorded_at, payload_md5, amount
        from ledger.current
        where outcome = 'delivered'
    ),

    refused as (
        select destination, environment, order_id, run_id, reason
        from ledger.current
        where outcome = 'refused'
    ),

    taken_back as (
        select destination, environment, order_id, max(run_id) as run_id
        from ledger.current
        where outcome = 'removed'
        group by destination, environment, order_id
    ),

    invalid as (
        select destination, environment, order_id, min(rule) as rule, max(run_id) as run_id
        from ledger.violations
        where severity = 'error'
        group by destination, environment, order_id
    ),

    doubts as (
        select destination, environment, order_id, max(run_id) as run_id
        from ledger.in_doubt
        group by destination, environment, order_id
    ),

    removals as (select distinct destination, environment, order_id from ledger.removals),

    together as (
        select
            destination,
            environment,
            order_id,
            case
                when doubts.run_id is not null
                then {'status':'in_doubt', 'reason':null, 'run_id':doubts.run_id}
                when invalid.run_id is not null
                then {'status':'invalid', 'reason':invalid.rule, 'run_id':invalid.run_id}
                when refused.run_id is not null
                then {'status':'refused', 'reason':refused.reason, 'run_id':refused.run_id}
                when delivered.run_id is null
                then {'status':'taken_back', 'reason':null, 'run_id':taken_back.run_id}
                else {'status':'delivered', 'reason':null, 'run_id':delivered.run_id}
            end as standing,
            delivered.run_id as delivered_run_id,
            delivered.batch_id as delivered_batch_id,
            delivered.recorded_at as delivered_at,
            delivered.amount as delivered_amount,
            format('{:032x}', delivered.payload_md5) as delivered_md5,
            removals.order_id is not null as is_gone_from_view
        from delivered
        full join refused using (destination, environment, order_id)
        full join taken_back using (destination, environment, order_id)
        full join invalid using (destination, environment, order_id)
        full join doubts using (destination, environment, order_id)
        left join removals using (destination, environment, order_id)
    )

select
    destination,
    environment,
    order_id,
    standing.status as status,
    standing.reason as reason,
    standing.run_id as status_run_id,
    * exclude (destination, environment, order_id, standing)
from together
order by destination, environment, order_id
;

-- name: runs
-- Runs, one row each; a run without an end was killed.
select
    run_id,
    destination,
    environment,
    command,
    started_at,
    finished_at,
    exit_code,
    coalesce(exit_code in (0, 1) and pending = 0 and command <> 'backfill', false) as is_success,
    (summary ->> 'outdated')::bigint as outdated,
    (summary ->> 'not_sent')::bigint as not_sent,
    (summary ->> 'taken_back')::bigint as taken_back,
    * exclude (
        run_id,
        destination,
        environment,
        command,
        started_at,
        finished_at,
        exit_code,
        summary,
        error,
        alerts
    )
from ledger.run_history
order by run_id
;

-- name: verifications
-- Verifications, one row each, with their counts of orders.
select
    destination,
    environment,
    recorded_at as verified_at,
    exit_code,
    (summary ->> 'from')::date as first_day,
    (summary ->> 'to')::date as last_day,
    (summary ->> 'orders')::bigint as orders,
    (summary ->> 'equal')::bigint as equal,
    (summary ->> 'missing')::bigint as missing,
    (summary ->> 'different')::bigint as different,
    (summary ->> 'double')::bigint as double,
    (summary ->> 'unexpected')::bigint as unexpected,
    (summary ->> 'cannot_tell')::bigint as cannot_tell,
    (summary ->> 'not_sent')::bigint as not_sent,
    (summary ->> 'too_early')::bigint as too_early,
    (summary ->> 'late')::bigint as late,
    (summary ->> 'not_compared')::bigint as not_compared,
    (summary ->> 'other_sources')::bigint as other_sources,
    (summary ->> 'seconds')::double as seconds
from query_table($verifications)
order by recorded_at, destination, environment
;

-- name: no_verifications
-- An empty substitute for the verifications of a ledger that has none.
create or replace temp table no_verifications (
    destination varchar,
    environment varchar,
    recorded_at timestamptz,
    exit_code integer,
    summary varchar
)
;
