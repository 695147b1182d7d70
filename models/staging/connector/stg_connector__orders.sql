with
    source as (select * from {{ source("connector", "orders") }}),

    renamed as (
        select
            -- ids
            order_id,
            delivered_run_id,

            -- text
            destination,
            environment,
            status,
            reason,

            -- numbers
            cast(delivered_amount as decimal(38, 4)) as delivered_amount,

            -- booleans
            is_gone_from_view,

            -- times
            delivered_at
        from source
    )

select *
from renamed
