with
    currencies as (select * from {{ ref("int_order_currencies") }}),

    refunds as (select * from {{ ref("stg_oms__refunds") }}),

    refund_lines as (select * from {{ ref("stg_oms__refund_lines") }}),

    products as (select * from {{ ref("stg_oms__products") }}),

    lines as (select * from {{ ref("int_priced_lines") }}),

    orders_with_products as (select distinct order_id from lines where line_type = 'goods'),

    -- The amounts in the header of a refund, beside its lines, are one more line.
    returned as (
        select
            cast(refund_lines.refund_line_id as {{ text_type() }}) as refund_line_id,
            refund_lines.refund_id,
            refund_lines.product_id,
            refund_lines.quantity,
            coalesce(refund_lines.amount, 0) + coalesce(refund_lines.tax_amount, 0) as refund_amount
        from refund_lines
        union all
        select
            concat(refund_id, '-header') as refund_line_id,
            refund_id,
            cast(null as {{ text_type() }}) as product_id,
            cast(null as decimal(18, 6)) as quantity,
            coalesce(shipping_amount, 0)
            + coalesce(adjustment_amount, 0)
            + coalesce(tax_amount, 0) as refund_amount
        from refunds
        where coalesce(shipping_amount, adjustment_amount, tax_amount) is not null
    ),

    judged as (
        select
            returned.refund_line_id,
            returned.refund_id,
            refunds.order_id,
            returned.product_id,
            coalesce(products.product_type, 'goods') as product_type,
            case
                when refunds.refund_id is null
                then 'no refund'
                when currencies.order_id is null
                then 'no order'
                when orders_with_products.order_id is null
                then 'no product'
            end as reason,
            returned.quantity,
            cast(returned.refund_amount as decimal(18, 4)) as refund_amount,
            refunds.refunded_at
        from returned
        left join refunds on returned.refund_id = refunds.refund_id
        left join currencies on refunds.order_id = currencies.order_id
        left join orders_with_products on refunds.order_id = orders_with_products.order_id
        left join products on returned.product_id = products.product_id
    ),

    unmatched as (select * from judged where reason is not null)

select *
from unmatched
