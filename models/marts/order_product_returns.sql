with
    products as (select * from {{ ref("order_products") }}),

    refunds as (select * from {{ ref("order_refunds") }}),

    returns as (
        select
            order_id,
            product_id,
            variant_id,
            sum(quantity) as returned_quantity,
            sum(refund_amount) as returned_amount
        from refunds
        group by order_id, product_id, variant_id
    ),

    -- One product at several prices has several rows: what came back fills them from the first.
    running as (
        select
            products.order_id,
            products.position,
            products.product_id,
            products.variant_id,
            products.sku,
            products.quantity,
            products.unit_price,
            products.discount_amount,
            products.net_amount,
            products.tax_amount,
            coalesce(returns.returned_quantity, 0)
            - sum(products.quantity) over earlier as left_quantity,
            coalesce(returns.returned_amount, 0)
            - sum(products.net_amount + products.tax_amount) over earlier as left_amount,
            row_number() over (
                partition by products.order_id, products.product_id, products.variant_id
                order by products.position desc
            ) as last_first
        from products
        left join
            returns
            on products.order_id = returns.order_id
            and products.product_id is not distinct from returns.product_id
            and products.variant_id is not distinct from returns.variant_id
        window
            earlier as (
                partition by products.order_id, products.product_id, products.variant_id
                order by products.position
                rows unbounded preceding
            )
    ),

    -- The last row takes all that is left, so that no cent is lost.
    shared as (
        select
            order_id,
            position,
            product_id,
            variant_id,
            sku,
            quantity,
            unit_price,
            discount_amount,
            net_amount,
            tax_amount,
            cast(
                greatest(least(left_quantity + quantity, quantity), 0) as decimal(18, 6)
            ) as returned_quantity,
            cast(
                greatest(
                    case
                        when last_first = 1
                        then left_amount + net_amount + tax_amount
                        else least(left_amount + net_amount + tax_amount, net_amount + tax_amount)
                    end,
                    0
                ) as decimal(18, 4)
            ) as returned_amount
        from running
    )

select *
from shared
