{# Discounts of orders, one row each, and whether one is a code on the whole order. #}
{{ config(contract={"enforced": false}) }}

with
    source as (select * from {{ source("shopify", "discount_application") }}),

    renamed as (
        select
            order_id,
            index as application_index,
            {{ clean_text("code") }} as discount_code,
            {{ clean_text("value_type") }} as value_type,
            {{ clean_text("code") }} is not null
            and target_type = 'line_item'
            and target_selection = 'all' as is_on_whole_order
        from source
    )

select *
from renamed
