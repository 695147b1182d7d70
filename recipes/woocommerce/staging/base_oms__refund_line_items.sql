{# Lines of refunds, one row each; quantities and amounts are negative. #}
{{ config(contract={"enforced": false}) }}

with
    source as (select * from {{ source("woocommerce", "refunds") }}),

    unnested as (
        select
            id as refund_id,
            unnest(
                from_json(
                    line_items,
                    '[{"id": "bigint", "product_id": "bigint", "variation_id": "bigint", "quantity": "decimal(18, 6)", "total": "decimal(18, 6)", "total_tax": "decimal(18, 6)", "meta_data": [{"key": "varchar", "value": "json"}]}]'
                )
            ) as line
        from source
    )

select
    refund_id,
    line.id as refund_line_id,
    line.product_id as product_id,
    nullif(line.variation_id, 0) as variation_id,
    line.quantity as quantity,
    line.total as total,
    line.total_tax as total_tax,
    cast(
        list_extract(
            list_filter(line.meta_data, lambda entry:entry.key = '_refunded_item_id'), 1
        ).value
        ->> '$' as bigint
    ) as order_line_id
from unnested
