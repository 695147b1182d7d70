-- Rendering an order shows that it is too large.
insert into ledger.violations
select $destination, $environment, $run_id, planned.order_id, rule, field, severity, message, $recorded_at
from query_table($payloads) as payloads
anti join query_table($chunk) using (position)
inner join plan.planned as planned using (position)
inner join work.checks as checks on checks.number = (select max(number) from work.checks);
