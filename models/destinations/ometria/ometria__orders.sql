with
    orders as (select * from {{ ref("orders") }}),

    -- A discount on shipping is gone from the shipping. A guest belongs to the profile of the
    -- e-mail address.
    renamed as (
        select
            order_id as id,
            case
                when lifecycle in ('cancelled', 'failed')
                then 'cancelled'
                when lifecycle = 'refunded'
                then 'refunded'
                when refunded_amount > 0 and refunded_amount >= total_amount
                then 'refunded'
                when refunded_amount > 0
                then 'partial_refund'
                when lifecycle = 'completed' and not is_in_progress
                then 'complete'
                else 'pending'
            end as status,
            not (
                lifecycle in ('cancelled', 'failed', 'refunded')
                or (refunded_amount > 0 and refunded_amount >= total_amount)
            ) as is_valid,
            ordered_at as timestamp,
            total_amount as grand_total,
            cast(
                product_amount + discount_amount - shipping_discount_amount as decimal(18, 4)
            ) as subtotal,
            cast(shipping_discount_amount - discount_amount as decimal(18, 4)) as discount,
            shipping_amount as shipping,
            tax_amount as tax,
            currency,
            channel,
            store_id as store,
            payment_method,
            delivery_method as shipping_method,
            nullif({{ joined_list("discount_codes") }}, '') as coupon_code,
            case when not is_guest then customer_id end as customer__id,
            lower(customer_email) as customer__email,
            customer_first_name as customer__firstname,
            customer_last_name as customer__lastname,
            shipping_city as shipping_address__city,
            shipping_state as shipping_address__state,
            shipping_zip as shipping_address__postcode,
            shipping_country_alpha_2 as shipping_address__country_code,
            changed_at as _changed_at,
            fee_amount as _fee_amount,
            is_refund_assumed as _is_refund_assumed,
            lifecycle as _lifecycle,
            refunded_amount as _refunded_amount
        from orders
    )

select *
from renamed
