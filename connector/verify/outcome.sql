-- name: verify_counts
-- The counts of a verification: orders, except for days.
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
;

-- name: verify_findings
-- The findings, with records of other sources last.
select kind, order_id, field, here, there, strftime(day, '%Y-%m-%d') as day
from verified.findings
order by
    list_position(['missing', 'different', 'double', 'unexpected', 'other'], kind),
    verified.findings.day,
    order_id,
    field
limit $limit
;

-- name: verify_alike
-- Orders with several records that cannot be distinguished, so that none can be taken back.
create or replace temp table alike as
select distinct order_id
from verified.findings
where
    kind = 'double'
    and order_id in (
        select order_id
        from verified.records
        group by order_id
        having count(identity) < count(*) or count(distinct identity) < count(*)
    )
;

select order_id
from temp.alike
order by order_id
;

-- name: verify_blanks
-- Fields that rows lack, and the number of orders for which they could not be compared.
select field, sum(orders)::bigint as orders
from verified.blanks
group by field
order by field
;

-- name: verify_problems
-- The first days whose answers are incomplete, and why.
select strftime(day, '%Y-%m-%d') as day, problem
from verified.days
where problem is not null
order by verified.days.day
limit 5
;

-- name: verify_totals
-- Totals per day and currency on both sides; amounts are exact texts, or null.
select
    strftime(day, '%Y-%m-%d') as day,
    currency,
    sum(orders_here)::bigint as orders_here,
    sum(orders_there)::bigint as orders_there,
    rtrim(rtrim(cast(sum(amount_here) as varchar), '0'), '.') as amount_here,
    rtrim(rtrim(cast(sum(amount_there) as varchar), '0'), '.') as amount_there
from verified.totals
group by verified.totals.day, currency
order by verified.totals.day, currency
;

-- name: verify_repairable
-- Orders that a send corrects: those of the view that are missing, different, present although they
-- count for nothing, or duplicated in distinguishable records.
select distinct order_id
from verified.findings
where
    kind in ('missing', 'different', 'unexpected', 'double')
    and order_id in (select order_id from plan.seen)
    and (kind <> 'double' or order_id not in (from temp.alike))
order by order_id
limit $limit
;

-- name: verify_records
-- The distinguishable records of the orders that can be repaired.
select distinct order_id, record
from verified.records
where
    identity is not null
    and order_id in (select order_id from plan.seen)
    and order_id not in (from temp.alike)
order by order_id, record
limit $limit
;
