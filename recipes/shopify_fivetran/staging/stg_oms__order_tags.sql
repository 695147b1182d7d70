with
    source as (select * from {{ source("shopify", "order_tag") }}),

    renamed as (
        select
            -- ids
            {{ clean_text("cast(order_id as varchar)") }} as order_id,

            -- text
            {{ clean_text("value") }} as tag,

            -- times
            {{ utc("_fivetran_synced", "UTC") }} as created_at
        from source
    )

select *
from renamed
