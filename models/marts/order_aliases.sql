with
    orders as (select * from {{ ref("int_placed_orders") }}),

    aliases as (
        select order_id, 1 as position, 'marketplace' as alias_type, marketplace_order_id as alias
        from orders
        where marketplace_order_id is not null
    )

select *
from aliases
