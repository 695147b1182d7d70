with
    orders as (select * from {{ ref("stg_oms__orders") }}),

    lifecycles as (select * from {{ ref("int_order_lifecycles") }}),

    -- Adjustments and stock write-offs move money or goods in the books: nobody ordered anything.
    placed as (
        select orders.*, lifecycles.lifecycle, lifecycles.is_in_progress
        from orders
        inner join lifecycles on orders.order_id = lifecycles.order_id
        where lifecycles.lifecycle <> 'not_an_order'
    )

select *
from placed
