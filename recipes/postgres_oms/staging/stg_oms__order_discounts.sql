-- What is on the items already has its code here, and the amount 0.
with
    source as (select * from {{ source("shop", "order_discounts") }}),

    renamed as (
        select
            -- ids
            cast(id as varchar) as order_discount_id,
            cast(order_id as varchar) as order_id,

            -- text
            {{ clean_text("code") }} as discount_code,
            case
                when applies_to = 'shipping' then 'shipping' else 'fixed_amount'
            end as discount_type,

            -- numbers
            cast(
                case when applies_to = 'items' then 0 else amount end as decimal(18, 4)
            ) as discount_amount,

            -- times
            cast(null as timestamptz) as created_at
        from source
    )

select *
from renamed
