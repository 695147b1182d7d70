-- Columns that differ in the most of the sampled orders.
select column_name, count(*) / max(orders) as share, max(orders) as orders
from work.differing
cross join (select count(*) as orders from work.compared)
group by column_name
order by share desc, column_name
limit 5
