with
    source as (select * from {{ source("oms", "order_discounts") }}),

    renamed as (
        select
            -- ids
            {{ clean_text("order_discount_id") }} as order_discount_id,
            {{ clean_text("order_id") }} as order_id,

            -- text
            {{ clean_text("code") }} as discount_code,
            cast(null as {{ text_type() }}) as discount_type,

            -- numbers
            cast(amount as decimal(18, 4)) as discount_amount,

            -- times
            {{ utc("created_at", "Europe/London") }} as created_at
        from source
    )

select *
from renamed
