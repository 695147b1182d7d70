-- Orders of WooCommerce have no tags.
with
    renamed as (
        select
            cast(null as varchar) as order_id,
            cast(null as varchar) as tag,
            cast(null as timestamptz) as created_at
        where false
    )

select *
from renamed
