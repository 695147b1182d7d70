with
    order_discount_codes as (select * from {{ ref("order_discount_codes") }}),

    renamed as (
        select
            order_id,
            position as _position,
            discount_code as code,
            discount_amount as amount,
            discount_type as type
        from order_discount_codes
    )

select *
from renamed
