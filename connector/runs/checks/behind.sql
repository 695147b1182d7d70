-- name: invalid_by_rule
select rule, any_value(message order by order_id) as message, count(distinct order_id) as orders
from work.violations
inner join work.checks using (number)
where severity = 'error'
group by rule
order by orders desc, rule
limit $most
;

-- name: invalid_in_ledger
-- The same of all windows, of which the plan has only the last one.
select rule, any_value(message order by order_id) as message, count(distinct order_id) as orders
from ledger.violations
where destination = $destination and environment = $environment and severity = 'error'
group by rule
order by orders desc, rule
limit $most
;

-- name: refused_before
-- What the API said of the orders that runs before had refused; not what it says in this run.
select regexp_replace(reason, ' at \$\S+$', '') as message, count(*) as orders
from ledger.current
where
    destination = $destination
    and environment = $environment
    and outcome in ('refused', 'removal_refused')
    and reason is not null
    and reason not in (select unnest($now::varchar[]))
group by all
order by orders desc, message
limit $most
;
