-- The first days that tell nothing of an order that is not in them, and why.
select strftime(day, '%Y-%m-%d') as day, problem
from verified.days
where problem is not null
order by verified.days.day
limit 5
