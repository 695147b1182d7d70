-- The destination's words end with ` at ` and the path of a field where they name one.
with
    violations as (
        select
            case severity when 'warning' then 'warning' else 'invalid' end as type,
            order_id,
            rule,
            field,
            message,
            null as status,
            run_id,
            null as batch_id,
            null as request_id,
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

select * exclude (recorded_at), strftime(recorded_at, '%Y-%m-%dT%H:%M:%SZ') as at
from together
where
    type in (select unnest($types))
    and ($rule is null or rule = $rule)
    and ($since is null or recorded_at >= $since)
    and ($order_id is null or order_id = $order_id)
order by type, order_id, rule
limit coalesce($limit, 1::bigint << 60)
