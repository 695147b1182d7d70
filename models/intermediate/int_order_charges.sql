{# A table, since marts read it several times and it computes over all lines. #}
{{ config(materialized="table") }}

with
    orders as (select * from {{ ref("int_placed_orders") }}),

    currencies as (select * from {{ ref("int_order_currencies") }}),

    lines as (select * from {{ ref("int_order_lines") }}),

    discounts as (select * from {{ ref("stg_oms__order_discounts") }}),

    -- The lines, preceded by the shipping in the header.
    charges as (
        select
            order_id,
            order_line_id,
            line_type,
            gross_amount,
            discount_amount,
            tax_amount,
            currency_digits,
            case
                when line_type = 'carriage' then 'shipping' when line_type = 'goods' then 'goods'
            end as pool
        from lines
        union all
        select
            orders.order_id,
            -1 as order_line_id,
            'shipping' as line_type,
            {{ round_amount("orders.shipping_amount", "currencies.currency_digits") }}
            as gross_amount,
            0 as discount_amount,
            0 as tax_amount,
            currencies.currency_digits,
            'shipping' as pool
        from orders
        inner join currencies on orders.order_id = currencies.order_id
        where orders.shipping_amount <> 0
    ),

    -- Discounts on the whole order: codes, and lines of the type discount, which are negative. A
    -- discount on shipping lowers shipping, any other one lowers the goods.
    order_discounts as (
        select
            order_id,
            case when lower(discount_type) = 'shipping' then 'shipping' else 'goods' end as pool,
            discount_amount
        from discounts
        union all
        select order_id, 'goods' as pool, discount_amount - gross_amount as discount_amount
        from lines
        where line_type = 'discount'
    ),

    pool_totals as (
        select order_id, pool, cast(sum(discount_amount) as decimal(18, 4)) as discount_amount
        from order_discounts
        group by order_id, pool
        having sum(discount_amount) <> 0
    ),

    running as (
        select
            charges.order_id,
            charges.order_line_id,
            charges.pool,
            charges.currency_digits,
            {{ round_amount("pool_totals.discount_amount", "charges.currency_digits") }}
            as pool_discount,
            cast(charges.gross_amount - charges.discount_amount as decimal(18, 4)) as part_amount,
            cast(
                sum(charges.gross_amount - charges.discount_amount) over (
                    partition by charges.order_id, charges.pool
                    order by charges.order_line_id
                    rows unbounded preceding
                ) as decimal(18, 4)
            ) as until_amount,
            cast(
                sum(charges.gross_amount - charges.discount_amount) over (
                    partition by charges.order_id, charges.pool
                ) as decimal(18, 4)
            ) as whole_amount
        from charges
        inner join
            pool_totals
            on charges.order_id = pool_totals.order_id
            and charges.pool = pool_totals.pool
    ),

    shares as (
        select
            order_id,
            order_line_id,
            case
                when pool = 'goods'
                then
                    {{
                        running_share(
                            "pool_discount",
                            "until_amount",
                            "part_amount",
                            "whole_amount",
                            "currency_digits",
                        )
                    }}
                else greatest(0, least(part_amount, pool_discount - (until_amount - part_amount)))
            end as share_amount
        from running
    ),

    discounted as (
        select
            charges.order_id,
            charges.order_line_id,
            charges.line_type,
            charges.gross_amount,
            cast(
                charges.discount_amount + coalesce(shares.share_amount, 0) as decimal(18, 4)
            ) as discount_amount,
            charges.tax_amount,
            charges.currency_digits
        from charges
        left join
            shares
            on charges.order_id = shares.order_id
            and charges.order_line_id = shares.order_line_id
    ),

    -- Where prices include tax, subtract it from each charge: the tax of the line, or a share of
    -- the order's tax if no line has any. The tax that remains is that of shipping.
    taxed as (
        select
            discounted.order_id,
            discounted.order_line_id,
            discounted.line_type,
            discounted.tax_amount,
            discounted.currency_digits,
            {{ round_amount("orders.tax_amount", "discounted.currency_digits") }}
            as order_tax_amount,
            cast(
                sum(discounted.tax_amount) over (partition by discounted.order_id) as decimal(18, 4)
            ) as line_tax_amount,
            cast(
                discounted.gross_amount - discounted.discount_amount as decimal(18, 4)
            ) as part_amount,
            cast(
                sum(discounted.gross_amount - discounted.discount_amount) over (
                    partition by discounted.order_id
                    order by discounted.order_line_id
                    rows unbounded preceding
                ) as decimal(18, 4)
            ) as until_amount,
            cast(
                sum(discounted.gross_amount - discounted.discount_amount) over (
                    partition by discounted.order_id
                ) as decimal(18, 4)
            ) as whole_amount
        from discounted
        inner join orders on discounted.order_id = orders.order_id
        where orders.taxes_included and discounted.line_type <> 'discount'
    ),

    included_taxes as (
        select
            order_id,
            order_line_id,
            case
                when line_tax_amount = 0
                then
                    {{
                        running_share(
                            "order_tax_amount",
                            "until_amount",
                            "part_amount",
                            "whole_amount",
                            "currency_digits",
                        )
                    }}
                when line_type = 'shipping'
                then greatest(0, least(part_amount, order_tax_amount - line_tax_amount))
                else tax_amount
            end as tax_amount
        from taxed
    ),

    netted as (
        select
            discounted.order_id,
            discounted.order_line_id,
            discounted.line_type,
            discounted.gross_amount,
            discounted.discount_amount,
            cast(
                coalesce(included_taxes.tax_amount, discounted.tax_amount) as decimal(18, 4)
            ) as tax_amount,
            cast(
                discounted.gross_amount
                - discounted.discount_amount
                - coalesce(included_taxes.tax_amount, 0) as decimal(18, 4)
            ) as net_amount
        from discounted
        left join
            included_taxes
            on discounted.order_id = included_taxes.order_id
            and discounted.order_line_id = included_taxes.order_line_id
    )

select *
from netted
