-- What is not as it should be, and last what belongs to other sources.
select kind, order_id, field, here, there, strftime(day, '%Y-%m-%d') as day
from verified.findings
order by
    list_position(['missing', 'different', 'double', 'unexpected', 'other'], kind),
    verified.findings.day,
    order_id,
    field
limit $limit
