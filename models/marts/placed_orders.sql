with
    orders as (select * from {{ ref("stg_oms__orders") }}),

    -- An adjustment, such as a bad debt, moves money in the books: nobody ordered anything.
    placed as (select * from orders where order_status is distinct from 'adjustment')

select *
from placed
