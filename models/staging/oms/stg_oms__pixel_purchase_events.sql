with
    source as (select * from {{ source("oms", "pixel_purchase_events") }}),

    renamed as (
        select
            -- ids
            {{ clean_text("cast(pixel_event_id as varchar)") }} as pixel_event_id,
            {{ clean_text("cast(order_id as varchar)") }} as order_id,

            -- times
            {{ utc("occurred_at", "Europe/London") }} as occurred_at
        from source
    )

select *
from renamed
