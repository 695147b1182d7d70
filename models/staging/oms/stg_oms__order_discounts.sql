with
    source as (select * from {{ source("oms", "order_discounts") }}),

    renamed as (
        select
            -- ids
            cast(order_discount_id as varchar) as order_discount_id,
            cast(order_id as varchar) as order_id,

            -- text
            {{ clean_text("code") }} as discount_code,

            -- numbers
            cast(amount as decimal(18, 2)) as discount_amount,

            -- times
            {{ utc("created_at", "Europe/London") }} as created_at
        from source
    )

select *
from renamed
