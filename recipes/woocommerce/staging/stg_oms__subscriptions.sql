with
    source as (select * from {{ source("woocommerce", "subscriptions") }}),

    renamed as (
        select
            -- ids
            cast(id as varchar) as subscription_id,
            cast(nullif(customer_id, 0) as varchar) as customer_id,

            -- text
            case
                when status in ('cancelled', 'expired', 'trash') then 'cancelled' else 'active'
            end as subscription_status,

            -- times
            {{ utc("start_date_gmt", "UTC") }} as started_at,
            {{ utc("cancelled_date_gmt", "UTC") }} as cancelled_at
        from source
    )

select *
from renamed
