with
    lines as (select * from {{ ref("int_order_lines") }}),

    charges as (select * from {{ ref("int_order_charges") }}),

    exchanged as (select * from {{ ref("int_exchanged_lines") }}),

    priced as (
        select
            lines.order_line_id,
            cast(lines.order_line_id as {{ text_type() }}) as line_id,
            lines.order_id,
            lines.product_id,
            lines.variant_id,
            lines.product_name,
            lines.line_type,
            lines.quantity,
            lines.unit_price,
            charges.gross_amount,
            charges.discount_amount,
            charges.tax_amount,
            charges.net_amount,
            case
                when charges.net_amount = charges.gross_amount
                then lines.unit_price
                else
                    {{ net_unit_price("charges.net_amount", "lines.quantity", "lines.unit_price") }}
            end as net_unit_price
        from lines
        inner join
            charges
            on lines.order_id = charges.order_id
            and lines.order_line_id = charges.order_line_id
        union all
        select
            order_line_id,
            concat('exchange-', order_line_id - 4611686018427387904) as line_id,
            order_id,
            product_id,
            variant_id,
            product_name,
            'goods' as line_type,
            quantity,
            unit_price,
            net_amount as gross_amount,
            cast(0 as decimal(18, 4)) as discount_amount,
            tax_amount,
            net_amount,
            unit_price as net_unit_price
        from exchanged
    )

select *
from priced
