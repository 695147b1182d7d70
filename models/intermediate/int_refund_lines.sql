{{ config(materialized="table") }}

with
    currencies as (select * from {{ ref("int_order_currencies") }}),

    refunds as (select * from {{ ref("stg_oms__refunds") }}),

    refund_lines as (select * from {{ ref("stg_oms__refund_lines") }}),

    lines as (select * from {{ ref("int_order_lines") }}),

    products as (select * from {{ ref("stg_oms__products") }}),

    sold as (select distinct order_id, product_id from lines where line_type = 'goods'),

    -- The named line shows what was returned, else the order, else the catalogue. A line that names
    -- neither a line nor a product returns money.
    typed as (
        select
            refund_lines.refund_line_id,
            refund_lines.refund_id,
            refunds.order_id,
            refunds.refunded_at,
            lines.order_line_id,
            coalesce(lines.product_id, refund_lines.product_id) as product_id,
            case
                when lines.order_line_id is null then refund_lines.variant_id else lines.variant_id
            end as variant_id,
            case
                when lines.order_line_id is not null
                then lines.line_type
                when refund_lines.product_id is null
                then 'money'
                when sold.product_id is not null
                then 'goods'
                when lower(products.product_type) in ('carriage', 'discount', 'fee')
                then lower(products.product_type)
                else 'goods'
            end as line_type,
            abs(coalesce(refund_lines.quantity, 0)) as quantity,
            {{ round_amount("coalesce(refund_lines.amount, 0)", "currencies.currency_digits") }}
            as amount,
            {{ round_amount("coalesce(refund_lines.tax_amount, 0)", "currencies.currency_digits") }}
            as tax_amount,
            {{
                round_amount(
                    "coalesce(refund_lines.overhead_cost, 0)", "currencies.currency_digits"
                )
            }} as overhead_cost,
            currencies.currency_digits
        from refund_lines
        inner join refunds on refund_lines.refund_id = refunds.refund_id
        inner join currencies on refunds.order_id = currencies.order_id
        left join
            lines
            on refunds.order_id = lines.order_id
            and refund_lines.order_line_id = lines.order_line_id
        left join
            sold on refunds.order_id = sold.order_id and refund_lines.product_id = sold.product_id
        left join products on refund_lines.product_id = products.product_id
    ),

    signed as (
        select
            *,
            case when amount + tax_amount < 0 then - quantity else quantity end as signed_quantity,
            min(refund_line_id) over same_product as first_line_id,
            line_type = 'goods' and min(amount + tax_amount) over same_product < 0 as has_charge
        from typed
        window
            same_product as (
                partition by refund_id, line_type, product_id, variant_id, order_line_id
            )
    ),

    -- Where a refund also charges for a product, the difference is one line: a positive one was
    -- returned, a negative one was taken in exchange.
    kept as (
        select
            case when has_charge then first_line_id else refund_line_id end as refund_line_id,
            refund_id,
            order_id,
            refunded_at,
            order_line_id,
            product_id,
            variant_id,
            line_type,
            greatest(
                0,
                case
                    when sum(amount + tax_amount) < 0
                    then - sum(signed_quantity)
                    else sum(signed_quantity)
                end
            ) as quantity,
            sum(amount) as amount,
            sum(tax_amount) as tax_amount,
            sum(overhead_cost) as overhead_cost,
            currency_digits
        from signed
        group by
            case when has_charge then first_line_id else refund_line_id end,
            refund_id,
            order_id,
            refunded_at,
            order_line_id,
            product_id,
            variant_id,
            line_type,
            currency_digits
    ),

    told as (
        select
            refund_line_id,
            refund_id,
            order_id,
            refunded_at,
            order_line_id,
            product_id,
            variant_id,
            case
                when line_type = 'goods' and amount + tax_amount < 0 then 'exchange' else line_type
            end as line_type,
            cast(quantity as decimal(18, 6)) as quantity,
            cast(amount as decimal(18, 4)) as amount,
            cast(tax_amount as decimal(18, 4)) as tax_amount,
            cast(overhead_cost as decimal(18, 4)) as overhead_cost,
            currency_digits
        from kept
    )

select *
from told
