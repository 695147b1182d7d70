-- The check of the size of an order is the last one, and is judged when the order is rendered.
insert into work.violations
select order_id, (select max(number) from work.checks)
from work.oversized
inner join plan.changes using (rank)
