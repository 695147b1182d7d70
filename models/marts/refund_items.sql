with
    currencies as (select * from {{ ref("int_order_currencies") }}),

    pieces as (select * from {{ ref("int_refund_pieces") }}),

    lines as (select * from {{ ref("int_priced_lines") }}),

    -- Units that were sold; money without units is in the total of the refund.
    returned as (
        select
            pieces.order_id,
            pieces.refund_id,
            cast(pieces.position as bigint) as position,
            pieces.piece_id as refund_line_id,
            lines.line_id,
            lines.product_id,
            lines.variant_id,
            pieces.quantity,
            lines.quantity as sold_quantity,
            pieces.amount,
            currencies.currency
        from pieces
        inner join
            lines on pieces.order_id = lines.order_id and pieces.order_line_id = lines.order_line_id
        inner join currencies on pieces.order_id = currencies.order_id
        where pieces.quantity > 0
    )

select *
from returned
