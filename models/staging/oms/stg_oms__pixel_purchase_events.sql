with
    source as (select * from {{ source("oms", "pixel_purchase_events") }}),

    renamed as (
        select
            -- ids
            {{ clean_text("pixel_event_id") }} as pixel_event_id,
            {{ clean_text("order_id") }} as order_id,

            -- times
            {{ utc("occurred_at", "Europe/London") }} as occurred_at
        from source
    )

select *
from renamed
