{{ config(materialized="table") }}

with
    refund_lines as (select * from {{ ref("int_refund_lines") }}),

    assumed_refunds as (select * from {{ ref("int_assumed_refunds") }}),

    lines as (select * from {{ ref("int_priced_lines") }}),

    returned as (
        select
            *,
            row_number() over (order by refunded_at, refund_id, refund_line_id) as refund_rank,
            {{ net_unit_price("amount", "quantity", "amount") }} as unit_price
        from refund_lines
        where line_type = 'goods'
    ),

    refunded_orders as (select distinct order_id from returned),

    sold as (
        select
            lines.order_line_id,
            lines.order_id,
            lines.product_id,
            lines.variant_id,
            lines.quantity,
            lines.unit_price,
            lines.net_unit_price
        from lines
        inner join refunded_orders on lines.order_id = refunded_orders.order_id
        where lines.line_type = 'goods'
    ),

    -- The line whose price, before or after discounts, is closest to that of the refund.
    nearest as (
        select
            returned.refund_line_id,
            sold.net_unit_price,
            row_number() over (
                partition by returned.refund_line_id
                order by
                    least(
                        abs(returned.unit_price - sold.net_unit_price),
                        abs(returned.unit_price - sold.unit_price)
                    ),
                    sold.order_line_id
            ) as nearness
        from returned
        inner join
            sold
            on returned.order_id = sold.order_id
            and returned.product_id = sold.product_id
            and returned.variant_id is not distinct from sold.variant_id
    ),

    returned_0 as (
        select
            returned.refund_line_id as line_id,
            returned.refund_rank as line_rank,
            returned.quantity,
            cast(returned.order_line_id as {{ text_type() }}) as line_pool,
            {{ pool("returned", ["product_id", "variant_id"], "nearest.net_unit_price") }}
            as price_pool,
            {{ pool("returned", ["product_id", "variant_id"]) }} as variant_pool,
            {{ pool("returned", ["product_id"]) }} as product_pool
        from returned
        left join
            nearest on returned.refund_line_id = nearest.refund_line_id and nearest.nearness = 1
    ),

    sold_0 as (
        select
            order_line_id as line_id,
            order_line_id as line_rank,
            quantity,
            cast(order_line_id as {{ text_type() }}) as line_pool,
            {{ pool("sold", ["product_id", "variant_id"], "sold.net_unit_price") }} as price_pool,
            {{ pool("sold", ["product_id", "variant_id"]) }} as variant_pool,
            {{ pool("sold", ["product_id"]) }} as product_pool
        from sold
    ),

    {{ allocate_refunds(["line_pool", "price_pool", "variant_pool", "product_pool"]) }},

    given as (
        select refund_line_id, sum(quantity) as quantity from allocated group by refund_line_id
    ),

    -- Units refunded beyond those that were sold become money without a line.
    parts as (
        select refund_line_id, order_line_id, pass_number, quantity
        from allocated
        union all
        select
            returned.refund_line_id,
            null as order_line_id,
            9 as pass_number,
            returned.quantity - coalesce(given.quantity, 0) as quantity
        from returned
        left join given on returned.refund_line_id = given.refund_line_id
        where returned.quantity > coalesce(given.quantity, 0) or returned.quantity = 0
    ),

    -- Units have six decimals; a hundred times the units have four, as an amount has. A refund
    -- without units is one part.
    sized as (
        select
            *,
            cast(
                case when quantity = 0 then 1 else quantity * 100 end as decimal(22, 4)
            ) as part_size
        from parts
    ),

    numbered as (
        select
            refund_line_id,
            order_line_id,
            quantity,
            row_number() over (
                partition by refund_line_id order by pass_number, order_line_id
            ) as piece_number,
            part_size,
            cast(
                sum(part_size) over (
                    partition by refund_line_id
                    order by pass_number, order_line_id
                    rows unbounded preceding
                ) as decimal(22, 4)
            ) as until_size,
            cast(sum(part_size) over (partition by refund_line_id) as decimal(22, 4)) as whole_size
        from sized
    ),

    split as (
        select
            returned.order_id,
            returned.refund_id,
            case
                when numbered.piece_number = 1
                then cast(returned.refund_line_id as {{ text_type() }})
                else concat(returned.refund_line_id, '-', numbered.piece_number)
            end as piece_id,
            returned.refund_rank * 1000 + numbered.piece_number as piece_rank,
            numbered.order_line_id,
            returned.product_id,
            returned.variant_id,
            case when numbered.order_line_id is null then 0 else numbered.quantity end as quantity,
            {% for amount in ["amount", "tax_amount", "overhead_cost"] %}
                {{
                    running_share(
                        "returned." ~ amount,
                        "numbered.until_size",
                        "numbered.part_size",
                        "numbered.whole_size",
                        "returned.currency_digits",
                    )
                }} as {{ amount }}{{ "," if not loop.last }}
            {% endfor %}
        from numbered
        inner join returned on numbered.refund_line_id = returned.refund_line_id
    ),

    -- An assumed refund returns every line.
    assumed as (
        select
            assumed_refunds.order_id,
            assumed_refunds.refund_id,
            concat(assumed_refunds.refund_id, '-', lines.line_id) as piece_id,
            row_number() over (order by lines.order_line_id) as piece_rank,
            lines.order_line_id,
            lines.product_id,
            lines.variant_id,
            lines.quantity,
            lines.net_amount as amount,
            lines.tax_amount,
            0 as overhead_cost
        from assumed_refunds
        inner join lines on assumed_refunds.order_id = lines.order_id
        where lines.line_type = 'goods'
    ),

    pieces as (
        select *
        from split
        union all
        select *
        from assumed
    ),

    told as (
        select
            order_id,
            refund_id,
            piece_id,
            cast(
                row_number() over (partition by refund_id order by piece_rank) as integer
            ) as position,
            order_line_id,
            product_id,
            variant_id,
            cast(quantity as decimal(18, 6)) as quantity,
            cast(amount as decimal(18, 4)) as amount,
            cast(tax_amount as decimal(18, 4)) as tax_amount,
            cast(overhead_cost as decimal(18, 4)) as overhead_cost
        from pieces
    )

select *
from told
