with
    order_aliases as (select * from {{ ref("order_aliases") }}),

    renamed as (
        select order_id, position as _position, concat('custom:', alias_type) as type, alias as id
        from order_aliases
    )

select *
from renamed
