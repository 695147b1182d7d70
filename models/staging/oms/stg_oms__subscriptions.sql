with
    source as (select * from {{ source("oms", "subscriptions") }}),

    renamed as (
        select
            -- ids
            {{ clean_text("subscription_id") }} as subscription_id,
            {{ clean_text("customer_id") }} as customer_id,

            -- text
            {{ clean_text("status") }} as subscription_status,

            -- times
            {{ utc("started_at", "Europe/London") }} as started_at,
            {{ utc("cancelled_at", "Europe/London") }} as cancelled_at
        from source
    )

select *
from renamed
