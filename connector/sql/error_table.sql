-- What keeps orders from the destination, or is worth a warning, as a table to be asked several
-- times. The destination's words end with ` at ` and the path of a field where they name one.
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
