-- name: error_table
-- The errors that keep orders from the destination, and the warnings, as a table for several
-- queries. A destination's message ends with ` at ` and the path of a field if it names one.
create or replace temp table told_errors as
with
    violations as (
        select
            case severity when 'warning' then 'warning' else 'invalid' end as type,
            order_id,
            rule,
            field,
            message,
            null::integer as status,
            run_id,
            null::integer as batch_id,
            null::varchar as request_id,
            recorded_at
        from ledger.violations
        where destination = $destination and environment = $environment
    ),

    refusals as (
        select
            'refused' as type,
            order_id,
            null as rule,
            nullif(regexp_extract(reason, ' at (\$\S+)$', 1), '') as field,
            case when outcome = 'removal_refused' then 'it is not taken back: ' else '' end
            || regexp_replace(reason, ' at \$\S+$', '') as message,
            status,
            run_id,
            batch_id,
            request_id,
            recorded_at
        from ledger.current
        where
            destination = $destination
            and environment = $environment
            and outcome in ('refused', 'removal_refused')
    ),

    together as (
        select *
        from violations
        union all
        select *
        from refusals
    )

select
    *,
    strftime(recorded_at, '%Y-%m-%d') as day,
    strftime(recorded_at, '%Y-%m-%dT%H:%M:%SZ') as at
from together
where
    type in (select unnest($types))
    and ($rule is null or rule = $rule)
    and ($since is null or recorded_at >= $since)
    and ($day is null or strftime(recorded_at, '%Y-%m-%d') = $day)
    and ($order_id is null or order_id = $order_id)
    and (
        $search is null
        or contains(
            lower(concat_ws(' ', order_id, rule, field, message, request_id)), lower($search)
        )
    )
;

-- name: errors_in_order
-- A page of the errors; `$sorted_by` is a column, or null.
with
    keyed as (
        select
            *,
            case
                $sorted_by
                when 'order_id'
                then order_id
                when 'rule'
                then rule
                when 'message'
                then message
                when 'at'
                then told_errors.at
            end as key
        from told_errors
    )

select type, order_id, rule, field, message, status, run_id, batch_id, request_id, keyed.at
from keyed
order by if($is_descending, null, key), if($is_descending, key, null) desc, type, order_id, rule
limit $limit
offset $offset
;

-- name: errors_by_rule
-- The number of orders with each rule's or API's error, and the first three of them.
select
    type,
    rule,
    any_value(field order by order_id) as field,
    any_value(message order by order_id) as message,
    count(distinct order_id) as orders,
    list(distinct order_id order by order_id)[:3] as examples,
    max(told_errors.at) as last_at
from told_errors
group by type, rule, case when rule is null then message end
order by type, orders desc, rule, message
;

-- name: errors_by_day
select day, type, count(distinct order_id) as orders
from told_errors
group by all
order by day, type
;
