-- name: moved
-- Valid orders that break one of the given rules, and the columns that the rules check.
select count(distinct order_id), list(distinct field order by field)
from work.violations
inner join work.checks using (number)
where list_contains($rules, rule) and order_id not in (select order_id from work.invalid)
;
