with
    orders as (select * from {{ ref("placed_orders") }}),

    lines as (select * from {{ ref("stg_oms__order_lines") }}),

    products as (select * from {{ ref("stg_oms__products") }}),

    discounts as (select * from {{ ref("stg_oms__order_discounts") }}),

    typed as (
        select
            lines.order_line_id,
            lines.order_id,
            lines.product_id,
            lines.variant_id,
            -- What the catalogue does not know is a product, so that it is seen and not lost.
            coalesce(products.product_type, 'goods') as line_type,
            lines.quantity,
            lines.unit_price,
            cast(round(lines.quantity * lines.unit_price, 2) as decimal(18, 4)) as gross_amount,
            lines.discount_amount as line_discount_amount,
            lines.tax_amount
        from lines
        inner join orders on lines.order_id = orders.order_id
        left join products on lines.product_id = products.product_id
    ),

    -- A discount on the whole order: codes, and lines of the kind discount, which are negative.
    order_discounts as (
        select order_id, discount_amount
        from discounts
        union all
        select order_id, line_discount_amount - gross_amount as discount_amount
        from typed
        where line_type = 'discount'
    ),

    order_discount_totals as (
        select order_id, cast(sum(discount_amount) as decimal(18, 4)) as discount_amount
        from order_discounts
        group by order_id
        having sum(discount_amount) <> 0
    ),

    -- In whole cents: a division of decimals would give a double.
    discounted as (
        select
            typed.order_line_id,
            typed.order_id,
            cast(totals.discount_amount * 100 as hugeint) as discount_cents,
            cast((typed.gross_amount - typed.line_discount_amount) * 100 as hugeint) as line_cents
        from typed
        inner join order_discount_totals as totals on typed.order_id = totals.order_id
        where typed.line_type = 'goods'
    ),

    running as (
        select
            *,
            sum(line_cents) over (
                partition by order_id order by order_line_id rows unbounded preceding
            ) as running_cents,
            nullif(sum(line_cents) over (partition by order_id), 0) as order_cents
        from discounted
    ),

    -- Rounding what has run up to each line, and not its share, loses no cent.
    shares as (
        select
            order_line_id,
            divide(
                cast(discount_cents * running_cents as hugeint),
                cast(order_cents as hugeint)
            ) - divide(
                cast(discount_cents * (running_cents - line_cents) as hugeint),
                cast(order_cents as hugeint)
            ) as share_cents
        from running
    ),

    netted as (
        select
            typed.order_line_id,
            typed.order_id,
            typed.product_id,
            typed.variant_id,
            typed.line_type,
            typed.quantity,
            typed.unit_price,
            typed.gross_amount,
            cast(
                typed.line_discount_amount
                + cast(coalesce(shares.share_cents, 0) as decimal(18, 0)) * 0.01 as decimal(18, 4)
            ) as discount_amount,
            typed.tax_amount
        from typed
        left join shares on typed.order_line_id = shares.order_line_id
    ),

    priced as (
        select
            *,
            cast(gross_amount - discount_amount as decimal(18, 4)) as net_amount,
            case
                when discount_amount = 0
                then cast(unit_price as decimal(18, 6))
                else
                    {{ net_unit_price("gross_amount - discount_amount", "quantity", "unit_price") }}
            end as net_unit_price
        from netted
    )

select *
from priced
