-- Orders that are about to be sent under another identity than was sent first: only what is planned
-- is taken back, in whatever part of the views.
create table work.replaced as
select distinct order_id
from work.violations
inner join work.checks using (number)
where
    $replaces
    and list_contains($rules, rule)
    and order_id in (select order_id from work.memory where not is_removed)
    and order_id in (select order_id from plan.planned)
