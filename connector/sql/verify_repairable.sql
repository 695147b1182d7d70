-- Orders that are put right by sending them: those of the view that are missing, different, there
-- although they count for nothing, or twice where their records can be told apart.
select distinct order_id
from verified.findings
where
    kind in ('missing', 'different', 'unexpected', 'double')
    and order_id in (select order_id from plan.seen)
    and (kind <> 'double' or order_id not in (from temp.alike))
order by order_id
limit $limit
