select order_id
from
    (
        select order_id, change as kind, position
        from plan.planned
        union all
        select order_id, 'invalid', row_number() over (order by order_id)
        from work.invalid
    )
where kind = $kind
order by position
limit 5
