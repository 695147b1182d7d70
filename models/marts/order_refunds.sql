with
    refunds as (select * from {{ ref("refunds") }}),

    pieces as (select * from {{ ref("int_refund_pieces") }}),

    lines as (select * from {{ ref("int_priced_lines") }}),

    refunded_orders as (select distinct order_id from refunds),

    goods as (
        select
            lines.order_id,
            lines.order_line_id,
            lines.product_id,
            lines.variant_id,
            row_number() over (
                partition by lines.order_id order by lines.net_amount desc, lines.order_line_id asc
            ) as largest_first
        from lines
        inner join refunded_orders on lines.order_id = refunded_orders.order_id
        where lines.line_type = 'goods'
    ),

    largest as (select order_id, order_line_id from goods where largest_first = 1),

    -- Money without a line, such as for more units than were sold, joins a line of the product.
    alike as (
        select
            pieces.piece_id,
            goods.order_line_id,
            row_number() over (
                partition by pieces.piece_id
                order by
                    case
                        when pieces.variant_id is not distinct from goods.variant_id then 0 else 1
                    end,
                    goods.order_line_id
            ) as likeness
        from pieces
        inner join
            goods on pieces.order_id = goods.order_id and pieces.product_id = goods.product_id
        where pieces.order_line_id is null
    ),

    piece_totals as (
        select
            refund_id,
            sum(amount + tax_amount) as refund_amount,
            sum(overhead_cost) as overhead_cost
        from pieces
        group by refund_id
    ),

    -- Money without a product, such as shipping, joins the order's largest line.
    returned as (
        select
            pieces.order_id,
            pieces.refund_id,
            coalesce(
                pieces.order_line_id, alike.order_line_id, largest.order_line_id
            ) as order_line_id,
            pieces.quantity,
            pieces.tax_amount,
            pieces.amount + pieces.tax_amount as refund_amount,
            pieces.overhead_cost
        from pieces
        left join alike on pieces.piece_id = alike.piece_id and alike.likeness = 1
        left join largest on pieces.order_id = largest.order_id
        union all
        select
            refunds.order_id,
            refunds.refund_id,
            largest.order_line_id,
            0 as quantity,
            0 as tax_amount,
            greatest(
                refunds.refund_amount - coalesce(piece_totals.refund_amount, 0), 0
            ) as refund_amount,
            refunds.overhead_cost - coalesce(piece_totals.overhead_cost, 0) as overhead_cost
        from refunds
        inner join largest on refunds.order_id = largest.order_id
        left join piece_totals on refunds.refund_id = piece_totals.refund_id
        where
            refunds.refund_amount > coalesce(piece_totals.refund_amount, 0)
            or refunds.overhead_cost > coalesce(piece_totals.overhead_cost, 0)
    ),

    grouped as (
        select
            returned.order_id,
            returned.refund_id,
            goods.product_id,
            goods.variant_id,
            sum(returned.quantity) as quantity,
            sum(returned.tax_amount) as tax_amount,
            sum(returned.refund_amount) as refund_amount,
            sum(returned.overhead_cost) as overhead_cost
        from returned
        inner join
            goods
            on returned.order_id = goods.order_id
            and returned.order_line_id = goods.order_line_id
        group by returned.order_id, returned.refund_id, goods.product_id, goods.variant_id
    ),

    running as (
        select
            *,
            sum(refund_amount) over (
                partition by refund_id
                order by refund_amount desc, product_id asc, variant_id asc nulls last
                rows unbounded preceding
            ) as until_amount
        from grouped
    ),

    -- Where the seller kept something, such as a restocking fee, it reduces the products' amounts.
    capped as (
        select
            running.order_id,
            running.refund_id,
            running.product_id,
            running.variant_id,
            running.quantity,
            running.tax_amount,
            greatest(
                0,
                least(
                    running.refund_amount,
                    refunds.refund_amount - (running.until_amount - running.refund_amount)
                )
            ) as refund_amount,
            running.overhead_cost,
            refunds.reason,
            refunds.refunded_at,
            refunds.updated_at
        from running
        inner join refunds on running.refund_id = refunds.refund_id
    ),

    -- An API that requires distinct entries in a list would refuse two equal refunds, so returns of
    -- a product in the same second are one.
    merged as (
        select
            order_id,
            min(refund_id) as refund_id,
            product_id,
            variant_id,
            sum(quantity) as quantity,
            sum(refund_amount) as refund_amount,
            sum(least(tax_amount, refund_amount)) as tax_amount,
            sum(overhead_cost) as overhead_cost,
            min(reason) as reason,
            min(refunded_at) as refunded_at,
            max(updated_at) as updated_at
        from capped
        where quantity > 0 or refund_amount > 0 or overhead_cost > 0
        group by order_id, product_id, variant_id, date_trunc('second', refunded_at)
    ),

    numbered as (
        select
            order_id,
            cast(
                row_number() over (
                    partition by order_id
                    order by refunded_at, refund_id, product_id, variant_id nulls last
                ) as integer
            ) as position,
            refund_id,
            product_id,
            variant_id,
            cast(quantity as decimal(18, 6)) as quantity,
            cast(refund_amount as decimal(18, 4)) as refund_amount,
            cast(tax_amount as decimal(18, 4)) as tax_amount,
            cast(refund_amount + overhead_cost as decimal(18, 4)) as refund_cost,
            reason,
            refunded_at,
            updated_at
        from merged
    )

select *
from numbered
