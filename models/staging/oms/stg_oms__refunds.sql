with
    source as (select * from {{ source("oms", "refunds") }}),

    renamed as (
        select
            -- ids
            {{ clean_text("refund_id") }} as refund_id,
            {{ clean_text("order_id") }} as order_id,
            {{ clean_text("customer_id") }} as customer_id,
            {{ clean_text("credit_note_id") }} as credit_note_id,

            -- text
            {{ clean_text("reason") }} as reason,

            -- numbers: what is returned beside the lines
            cast(null as decimal(18, 4)) as shipping_amount,
            cast(null as decimal(18, 4)) as adjustment_amount,
            cast(null as decimal(18, 4)) as tax_amount,

            -- times
            {{ utc("created_at", "Europe/London") }} as refunded_at,
            {{ utc("updated_at", "Europe/London") }} as updated_at
        from source
    )

select *
from renamed
