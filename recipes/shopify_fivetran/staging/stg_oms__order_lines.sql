with
    source as (select * from {{ source("shopify", "order_line") }}),

    taxes as (
        select order_line_id, sum(cast(price as decimal(18, 4))) as tax_amount
        from {{ source("shopify", "tax_line") }}
        group by order_line_id
    ),

    -- A code on the whole order stands in stg_oms__order_discounts; all else is on the line.
    applications as (select * from {{ ref("base_oms__discount_applications") }}),

    discounts as (
        select
            allocations.order_line_id,
            sum(cast(allocations.amount as decimal(18, 4))) as discount_amount
        from {{ source("shopify", "discount_allocation") }} as allocations
        inner join source on allocations.order_line_id = source.id
        left join
            applications
            on source.order_id = applications.order_id
            and allocations.discount_application_index = applications.application_index
        where not coalesce(applications.is_on_whole_order, false)
        group by allocations.order_line_id
    ),

    renamed as (
        select
            -- ids
            cast(source.id as bigint) as order_line_id,
            {{ clean_text("cast(source.order_id as varchar)") }} as order_id,
            {{ clean_text("cast(source.product_id as varchar)") }} as product_id,
            {{ clean_text("cast(source.variant_id as varchar)") }} as variant_id,

            -- text
            {{ clean_text("coalesce(source.title, source.name)") }} as description,

            -- flags
            cast(source.gift_card as boolean) as is_gift_card,

            -- numbers
            cast(source.quantity as decimal(18, 6)) as quantity,
            cast(source.price as decimal(18, 6)) as unit_price,
            cast(coalesce(discounts.discount_amount, 0) as decimal(18, 4)) as discount_amount,
            cast(coalesce(taxes.tax_amount, 0) as decimal(18, 4)) as tax_amount,

            -- times
            {{ utc("orders.created_at", "UTC") }} as created_at
        from source
        left join {{ source("shopify", "order") }} as orders on source.order_id = orders.id
        left join taxes on source.id = taxes.order_line_id
        left join discounts on source.id = discounts.order_line_id
    )

select *
from renamed
