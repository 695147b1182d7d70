with
    source as (select * from {{ source("oms", "order_tags") }}),

    renamed as (
        select
            -- ids
            {{ clean_text("order_id") }} as order_id,

            -- text
            {{ clean_text("tag") }} as tag,

            -- times
            {{ utc("created_at", "Europe/London") }} as created_at
        from source
    )

select *
from renamed
