-- The shop sells no subscriptions.
with
    renamed as (
        select
            cast(null as varchar) as subscription_id,
            cast(null as varchar) as customer_id,
            cast(null as varchar) as subscription_status,
            cast(null as timestamptz) as started_at,
            cast(null as timestamptz) as cancelled_at
        where false
    )

select *
from renamed
