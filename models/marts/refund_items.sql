with
    currencies as (select * from {{ ref("int_order_currencies") }}),

    pieces as (select * from {{ ref("int_refund_pieces") }}),

    lines as (select * from {{ ref("order_lines") }}),

    -- Units that were sold; money without units is in the total of the refund.
    returned as (
        select
            pieces.order_id,
            pieces.refund_id,
            cast(pieces.position as bigint) as position,
            pieces.piece_id as refund_line_id,
            lines.line_id,
            lines.product_id,
            coalesce(lines.variant_id, lines.product_id) as variant_or_product_id,
            pieces.quantity,
            pieces.amount,
            pieces.quantity = floor(pieces.quantity)
            and lines.quantity = floor(lines.quantity) as is_whole,
            currencies.currency
        from pieces
        inner join
            lines on pieces.order_id = lines.order_id and pieces.order_line_id = lines.order_line_id
        inner join currencies on pieces.order_id = currencies.order_id
        where pieces.quantity > 0
    ),

    -- Part of a unit is one piece, as it is in order_items.
    priced as (
        select
            order_id,
            refund_id,
            position,
            refund_line_id,
            line_id,
            product_id,
            variant_or_product_id,
            quantity,
            amount,
            case when is_whole then cast(quantity as bigint) else 1 end as whole_quantity,
            case
                when is_whole
                then {{ net_unit_price("amount", "quantity", "amount") }}
                else cast(amount as decimal(18, 6))
            end as unit_price,
            currency
        from returned
    )

select *
from priced
