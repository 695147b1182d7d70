select day, type, count(distinct order_id) as orders
from told_errors
group by all
order by day, type
