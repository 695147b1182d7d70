with
    source as (select * from {{ source("connector", "runs") }}),

    renamed as (
        select
            -- ids
            run_id,

            -- text
            destination,
            environment,

            -- numbers
            exit_code,
            delivered as delivered_orders,
            refused as refused_orders,
            invalid as invalid_orders,
            not_sent as not_sent_orders,
            taken_back as taken_back_orders,
            pending as pending_orders,
            requests,
            bytes as sent_bytes,

            -- booleans
            is_success,

            -- times
            started_at,
            finished_at
        from source
    )

select *
from renamed
