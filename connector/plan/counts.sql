-- name: counts
with
    verdicts as materialized(
        select
            coalesce(change, '') as change,
            verdict,
            count(*) as orders,
            count(*) filter (where verdict = 'invalid' and delivered_run is not null) as spoiled,
            count(*) filter (
                where
                    verdict in ('invalid', 'oversized', 'refused_before')
                    and delivered_run is not null
            ) as outdated
        from work.settled
        group by all
    ),

    pending as (
        select change, sum(orders) as orders
        from verdicts
        where verdict in ('planned', 'held_back', 'changed_while_read')
        group by change
    ),

    settled as (select verdict, sum(orders) as orders from verdicts group by verdict),

    states as (select state, count(*) as orders from plan.changes group by state),

    -- Orders that a watermark skipped are in the view as delivered, or are not to be sent.
    viewed as (select count(*) + $unread + $withheld as orders from work.snapshot)

select
    viewed.orders,
    coalesce((select orders from pending where change = 'added'), 0)::bigint as added,
    coalesce((select orders from pending where change = 'changed'), 0)::bigint as changed,
    coalesce((select orders from pending where change = 'in_doubt'), 0)::bigint as in_doubt,
    (
        viewed.orders
        - $withheld
        - coalesce((select sum(orders) from states where state <> 'unchanged'), 0)
        + coalesce((select orders from settled where verdict = 'unchanged'), 0)
    )::bigint as unchanged,
    (select count(*) from work.gone where delivered_run is not null) as removed,
    coalesce((select sum(orders) from settled where verdict in ('invalid', 'oversized')), 0)::bigint
    as invalid,
    (
        select count(distinct order_id)
        from work.violations
        inner join work.checks using (number)
        cross join work.choice as choice
        where
            severity = 'warning'
            and order_id not in (select order_id from work.invalid)
            and (choice.everything or order_id in (select order_id from work.chosen))
    ) as warned,
    (
        coalesce((select orders from states where state = 'refused_before'), 0)
        + coalesce((select orders from settled where verdict = 'refused_before'), 0)
    )::bigint as refused_before,
    (coalesce((select orders from states where state = 'not_sent'), 0) + $withheld)::bigint
    as not_sent,
    coalesce((select orders from settled where verdict = 'changed_while_read'), 0)::bigint
    as changed_while_read,
    coalesce((select orders from pending where change = 'withdrawn'), 0)::bigint as withdrawn,
    (select count(*) from plan.planned where change = 'withdrawn') as taken_back,
    (select count(*) from plan.planned) as planned,
    $known::bigint as known,
    (select count(*) from plan.planned where is_changed) as resent,
    coalesce((select sum(spoiled) from verdicts), 0)::bigint as spoiled,
    (
        (
            select count(*)
            from plan.changes
            where state = 'refused_before' and delivered_run is not null
        )
        + coalesce((select sum(outdated) from verdicts), 0)
    )::bigint as outdated,
    (select count(*) from plan.removing) as removals,
    (
        select count(*)
        from work.leaving
        where
            coalesce(unremoved_run, 0) > 0 and order_id not in (select order_id from plan.removing)
    ) as removals_refused,
    (
        select count(*)
        from work.leaving
        where order_id not in (select order_id from work.taken_back)
    ) as unremembered,
    (select count(*) from work.surplus) as surplus,
    (
        select count(distinct order_id)
        from work.unfit
        where order_id in (select order_id from work.leaving)
    ) as unfit
from viewed
;

-- name: examples
-- The first orders of each kind, up to five.
select kind, arg_min(order_id, position, 5) as order_ids
from
    (
        select change as kind, order_id, position
        from plan.planned
        union all
        select 'invalid', order_id, row_number() over (order by order_id)
        from work.invalid
        union all
        select 'changed_while_read', order_id, row_number() over (order by order_id)
        from work.changed_while_read
    )
where kind in ('added', 'changed', 'in_doubt', 'invalid', 'changed_while_read')
group by kind
;

-- name: too_large
-- Planned orders that proved too large for a request, by their state in the ledger.
select change, count(*)
from work.oversized
inner join plan.planned using (rank)
group by change
;
