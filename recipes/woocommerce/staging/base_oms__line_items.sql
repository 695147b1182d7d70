{# Lines of orders, one row each. #}
{{ config(contract={"enforced": false}) }}

with
    source as (select * from {{ source("woocommerce", "orders") }}),

    unnested as (
        select
            id as order_id,
            date_created_gmt,
            unnest(
                from_json(
                    line_items,
                    '[{"id": "bigint", "name": "varchar", "product_id": "bigint", "variation_id": "bigint", "quantity": "decimal(18, 6)", "subtotal": "decimal(18, 6)", "total": "decimal(18, 6)", "total_tax": "decimal(18, 6)"}]'
                )
            ) as line
        from source
    )

select order_id, date_created_gmt, line.*
from unnested
