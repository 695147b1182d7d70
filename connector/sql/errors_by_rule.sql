-- How many orders have an error of a rule, or of what an API says; with the first three of them.
select
    type,
    rule,
    any_value(field order by order_id) as field,
    any_value(message order by order_id) as message,
    count(distinct order_id) as orders,
    list(distinct order_id order by order_id)[:3] as examples,
    max(told_errors.at) as last_at
from told_errors
group by type, rule, case when rule is null then message end
order by type, orders desc, rule, message
