with
    codes as (select * from {{ source("shopify", "order_discount_code") }}),

    applications as (select * from {{ ref("base_oms__discount_applications") }}),

    order_lines as (select * from {{ source("shopify", "order_line") }}),

    orders as (select * from {{ source("shopify", "order") }}),

    allocated as (
        select
            order_lines.order_id,
            applications.discount_code,
            sum(cast(allocations.amount as decimal(18, 4))) as discount_amount
        from {{ source("shopify", "discount_allocation") }} as allocations
        inner join order_lines on allocations.order_line_id = order_lines.id
        inner join
            applications
            on order_lines.order_id = applications.order_id
            and allocations.discount_application_index = applications.application_index
        where applications.is_on_whole_order
        group by order_lines.order_id, applications.discount_code
    ),

    -- A code for some products, or for shipping, is on the lines or below already.
    of_codes as (
        select
            concat(codes.order_id, '-', codes.index) as order_discount_id,
            codes.order_id,
            {{ clean_text("codes.code") }} as discount_code,
            case
                when codes.type = 'percentage' then 'percentage' else 'fixed_amount'
            end as discount_type,
            coalesce(allocated.discount_amount, 0) as discount_amount
        from codes
        left join
            allocated
            on codes.order_id = allocated.order_id
            and lower({{ clean_text("codes.code") }}) = lower(allocated.discount_code)
    ),

    of_shipping as (
        select
            concat(order_id, '-shipping-', id) as order_discount_id,
            order_id,
            cast(null as varchar) as discount_code,
            'shipping' as discount_type,
            cast(price as decimal(18, 4))
            - cast(discounted_price as decimal(18, 4)) as discount_amount
        from {{ source("shopify", "order_shipping_line") }}
        where discounted_price < price
    ),

    united as (
        select *
        from of_codes
        union all
        select *
        from of_shipping
    ),

    renamed as (
        select
            -- ids
            united.order_discount_id,
            {{ clean_text("cast(united.order_id as varchar)") }} as order_id,

            -- text
            united.discount_code,
            united.discount_type,

            -- numbers
            cast(united.discount_amount as decimal(18, 4)) as discount_amount,

            -- times
            {{ utc("orders.created_at", "UTC") }} as created_at
        from united
        left join orders on united.order_id = orders.id
    )

select *
from renamed
