-- Orders that are put right by sending them: those of the view that are missing, different, or
-- there although they count for nothing.
select distinct order_id
from verified.findings
where
    kind in ('missing', 'different', 'unexpected') and order_id in (select order_id from plan.seen)
order by order_id
limit $limit
