-- The shop keeps no events of a pixel; write those of your own tracking here, if you have them.
with
    renamed as (
        select
            cast(null as varchar) as pixel_event_id,
            cast(null as varchar) as order_id,
            cast(null as timestamptz) as occurred_at
        where false
    )

select *
from renamed
