with
    source as (select * from {{ source("oms", "refunds") }}),

    renamed as (
        select
            -- ids
            cast(refund_id as varchar) as refund_id,
            cast(order_id as varchar) as order_id,
            cast(customer_id as varchar) as customer_id,
            cast(credit_note_id as varchar) as credit_note_id,

            -- text
            {{ clean_text("reason") }} as reason,

            -- times
            {{ utc("created_at", "Europe/London") }} as refunded_at,
            {{ utc("updated_at", "Europe/London") }} as updated_at
        from source
    )

select *
from renamed
