-- The address stands in the order.
with
    source as (select * from {{ source("shop", "orders") }}),

    renamed as (
        select
            -- ids
            cast(id as varchar) as address_id,
            cast(customer_id as varchar) as customer_id,

            -- text
            {{ clean_text("ship_to ->> 'street'") }} as address1,
            cast(null as varchar) as address2,
            {{ clean_text("ship_to ->> 'city'") }} as city,
            {{ clean_text("ship_to ->> 'state'") }} as state,
            {{ clean_text("ship_to ->> 'zip'") }} as zip,
            {{ clean_text("ship_to ->> 'country'") }} as country,

            -- times
            placed_at as created_at,
            updated_at
        from source
        where ship_to is not null
    )

select *
from renamed
