-- WooCommerce has taken a coupon off the lines already; its amount here is 0.
with
    source as (select * from {{ source("woocommerce", "orders") }}),

    unnested as (
        select
            id as order_id,
            date_created_gmt,
            unnest(
                from_json(
                    coupon_lines,
                    '[{"id": "bigint", "code": "varchar", "discount_type": "varchar"}]'
                )
            ) as coupon
        from source
    ),

    renamed as (
        select
            -- ids
            cast(coupon.id as varchar) as order_discount_id,
            cast(order_id as varchar) as order_id,

            -- text
            {{ clean_text("coupon.code") }} as discount_code,
            case
                when coupon.discount_type = 'percent' then 'percentage' else 'fixed_amount'
            end as discount_type,

            -- numbers
            cast(0 as decimal(18, 4)) as discount_amount,

            -- times
            {{ utc("date_created_gmt", "UTC") }} as created_at
        from unnested
    )

select *
from renamed
