-- What came of a verification, in orders but for days.
select
    (select count(*) from plan.expected where is_live) as orders,
    (select count(*) from verified.days) as days,
    (select count(*) from verified.days where problem is not null) as days_cut_off,
    counted.*,
    found.*
from
    (
        select
            coalesce(sum(orders) filter (where verdict = 'equal'), 0)::bigint as equal,
            coalesce(sum(orders) filter (where verdict = 'not_sent'), 0)::bigint as not_sent,
            coalesce(sum(orders) filter (where verdict = 'too_early'), 0)::bigint as too_early,
            coalesce(sum(orders) filter (where verdict = 'late'), 0)::bigint as late,
            coalesce(sum(orders) filter (where verdict = 'cannot_tell'), 0)::bigint as cannot_tell
        from verified.counts
    ) as counted,
    (
        select
            count(distinct order_id) filter (where kind = 'missing') as missing,
            count(distinct order_id) filter (where kind = 'unexpected') as unexpected,
            count(distinct order_id) filter (where kind = 'different') as different,
            count(distinct order_id) filter (where kind = 'double') as double,
            count(distinct order_id) filter (where kind = 'other') as other_sources
        from verified.findings
    ) as found
