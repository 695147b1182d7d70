select
    rule,
    severity,
    cost,
    owner,
    count(*) as orders,
    any_value(message) as message,
    list(order_id order by order_id)[:3] as examples
from work.violations
inner join work.checks using (number)
group by all
order by orders desc, rule
