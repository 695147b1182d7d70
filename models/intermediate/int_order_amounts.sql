with
    orders as (select * from {{ ref("int_placed_orders") }}),

    currencies as (select * from {{ ref("int_order_currencies") }}),

    lines as (select * from {{ ref("int_order_lines") }}),

    charges as (select * from {{ ref("int_order_charges") }}),

    exchanged as (select * from {{ ref("int_exchanged_lines") }}),

    recorded_refunds as (select * from {{ ref("int_recorded_refunds") }}),

    charge_totals as (
        select
            order_id,
            sum(case when line_type = 'goods' then net_amount else 0 end) as product_amount,
            sum(
                case when line_type in ('shipping', 'carriage') then net_amount else 0 end
            ) as shipping_amount,
            sum(
                case when line_type in ('shipping', 'carriage') then tax_amount else 0 end
            ) as shipping_tax_amount,
            sum(
                case when line_type in ('shipping', 'carriage') then discount_amount else 0 end
            ) as shipping_discount_amount,
            sum(case when line_type = 'fee' then net_amount else 0 end) as fee_amount,
            sum(
                case when line_type = 'discount' then gross_amount else 0 end
            ) as discount_line_amount
        from charges
        group by order_id
    ),

    gift_cards as (
        select
            order_id,
            sum(gift_card_amount) as gift_card_amount,
            sum(gift_card_discount_amount) as gift_card_discount_amount,
            sum(gift_card_tax_amount) as gift_card_tax_amount
        from lines
        where gift_card_amount <> 0 or gift_card_discount_amount <> 0
        group by order_id
    ),

    -- Goods taken in exchange, and amounts charged with a refund, were paid, too.
    exchanges as (
        select order_id, net_amount as product_amount, tax_amount, 0 as fee_amount
        from exchanged
        union all
        select order_id, 0 as product_amount, 0 as tax_amount, charged_amount as fee_amount
        from recorded_refunds
        where charged_amount > 0
    ),

    exchange_totals as (
        select
            order_id,
            sum(product_amount) as product_amount,
            sum(tax_amount) as tax_amount,
            sum(fee_amount) as fee_amount
        from exchanges
        group by order_id
    ),

    -- A gift card counts when it is redeemed: the sale of a card is not revenue of the order, but
    -- a payment with one is.
    joined as (
        select
            orders.order_id,
            currencies.currency_digits,
            coalesce(orders.taxes_included, false) as is_tax_included,
            coalesce(totals.product_amount, 0)
            + coalesce(exchange_totals.product_amount, 0) as product_amount,
            orders.discount_amount
            - coalesce(totals.discount_line_amount, 0)
            - coalesce(gift_cards.gift_card_discount_amount, 0) as discount_amount,
            coalesce(totals.shipping_amount, 0) as shipping_amount,
            coalesce(totals.shipping_discount_amount, 0) as shipping_discount_amount,
            coalesce(totals.shipping_amount, 0)
            + coalesce(totals.shipping_tax_amount, 0) as shipping_with_tax_amount,
            coalesce(totals.fee_amount, 0)
            + coalesce(orders.fee_amount, 0)
            + coalesce(exchange_totals.fee_amount, 0) as fee_amount,
            orders.tax_amount
            - coalesce(gift_cards.gift_card_tax_amount, 0)
            + coalesce(exchange_totals.tax_amount, 0) as tax_amount,
            orders.total_amount
            + coalesce(orders.gift_card_amount, 0)
            + coalesce(exchange_totals.product_amount, 0)
            + coalesce(exchange_totals.tax_amount, 0)
            + coalesce(exchange_totals.fee_amount, 0)
            - coalesce(gift_cards.gift_card_amount, 0)
            - case
                when orders.taxes_included then 0 else coalesce(gift_cards.gift_card_tax_amount, 0)
            end as total_amount
        from orders
        inner join currencies on orders.order_id = currencies.order_id
        left join charge_totals as totals on orders.order_id = totals.order_id
        left join gift_cards on orders.order_id = gift_cards.order_id
        left join exchange_totals on orders.order_id = exchange_totals.order_id
    ),

    rounded as (
        select
            order_id,
            currency_digits,
            is_tax_included,
            cast(product_amount as decimal(18, 4)) as product_amount,
            {{ round_amount("discount_amount", "currency_digits") }} as discount_amount,
            cast(shipping_amount as decimal(18, 4)) as shipping_amount,
            cast(shipping_discount_amount as decimal(18, 4)) as shipping_discount_amount,
            cast(shipping_with_tax_amount as decimal(18, 4)) as shipping_with_tax_amount,
            {{ round_amount("fee_amount", "currency_digits") }} as fee_amount,
            {{ round_amount("tax_amount", "currency_digits") }} as tax_amount,
            {{ round_amount("total_amount", "currency_digits") }} as total_amount
        from joined
    )

select *
from rounded
