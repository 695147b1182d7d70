select order_id, severity, cost, owner, rule, field, message
from work.violations
inner join work.checks using (number)
order by severity, rule, order_id
