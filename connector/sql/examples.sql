-- Up to five orders of each kind, the first ones.
select kind, arg_min(order_id, position, 5) as order_ids
from
    (
        select change as kind, order_id, position
        from plan.planned
        union all
        select 'invalid', order_id, row_number() over (order by order_id)
        from work.invalid
        union all
        select 'changed_while_read', order_id, row_number() over (order by order_id)
        from work.changed_while_read
    )
where kind in ('added', 'changed', 'in_doubt', 'invalid', 'changed_while_read')
group by kind
