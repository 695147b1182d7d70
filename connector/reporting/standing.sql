-- name: status
with
    outcomes as (
        select order_id, outcome
        from ledger.current
        where destination = $destination and environment = $environment
    ),

    doubts as (
        select distinct in_doubt.order_id, removals.order_id is not null as is_gone
        from ledger.in_doubt as in_doubt
        left join ledger.removals as removals using (destination, environment, order_id)
        where destination = $destination and environment = $environment
    ),

    -- It is not known what the destination holds of an order in doubt.
    known as (from outcomes where order_id not in (select order_id from doubts))

select
    (select count(*) from known where outcome = 'delivered') as delivered,
    (select count(*) from outcomes where outcome = 'refused') as refused,
    (select count(distinct order_id) from known where outcome = 'removed') as taken_back,
    (
        select count(distinct order_id)
        from ledger.violations
        where destination = $destination and environment = $environment and severity = 'error'
    ) as invalid,
    (
        select count(distinct order_id)
        from outcomes
        where
            outcome = 'delivered'
            and order_id in (
                select order_id
                from outcomes
                where outcome = 'refused'

                union all

                select order_id
                from ledger.violations
                where
                    destination = $destination and environment = $environment and severity = 'error'
            )
    ) as outdated,
    (select count(*) from doubts where not is_gone) as in_doubt,
    (select count(*) from doubts where is_gone) as in_doubt_gone
;

-- name: doubts
select distinct order_id
from ledger.in_doubt
anti join ledger.removals using (destination, environment, order_id)
where destination = $destination and environment = $environment
order by order_id
limit 5
;

-- name: any_refused
select 1
from ledger.current
where
    destination = $destination
    and environment = $environment
    and outcome in ('refused', 'removal_refused')
limit 1
;
