with
    source as (select * from {{ source("shop", "orders") }}),

    unnested as (select id, placed_at, unnest(from_json(tags, '["varchar"]')) as tag from source),

    renamed as (
        select
            cast(id as varchar) as order_id, {{ clean_text("tag") }} as tag, placed_at as created_at
        from unnested
    )

select *
from renamed
