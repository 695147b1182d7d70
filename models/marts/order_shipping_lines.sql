with
    lines as (select * from {{ ref("int_order_lines") }}),

    charges as (select * from {{ ref("int_order_charges") }}),

    -- Shipping is in the header of an order, or among its lines as carriage.
    numbered as (
        select
            charges.order_id,
            cast(
                row_number() over (
                    partition by charges.order_id order by charges.order_line_id
                ) as integer
            ) as position,
            coalesce(lines.product_name, 'Shipping') as title,
            charges.gross_amount,
            charges.net_amount
        from charges
        left join
            lines
            on charges.order_id = lines.order_id
            and charges.order_line_id = lines.order_line_id
        where charges.line_type in ('shipping', 'carriage')
    )

select *
from numbered
