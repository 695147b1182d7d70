with
    orders as (select * from {{ ref("orders") }}),

    -- A fully refunded order is cancelled, whatever happened to the parcel.
    renamed as (
        select
            order_id as {{ adapter.quote("externalOrderId") }},
            customer_id as {{ adapter.quote("externalCustomerId") }},
            remaining_amount as {{ adapter.quote("totalCost") }},
            case
                when lifecycle in ('cancelled', 'failed', 'refunded')
                then 'CANCELLED'
                when lifecycle = 'abandoned'
                then 'ABANDONED_SHOPPING_CART'
                when refunded_amount > 0 and refunded_amount >= total_amount
                then 'CANCELLED'
                when is_in_progress
                then 'IN_PROGRESS'
                when lifecycle = 'completed'
                then 'DELIVERED'
                else 'INITIALIZED'
            end as status,
            ordered_at as date,
            currency,
            lower(customer_email) as email,
            {{ phone_digits("customer_phone") }} as phone,
            {{ shortened("customer_first_name", 40) }} as {{ adapter.quote("firstName") }},
            {{ shortened("customer_last_name", 40) }} as {{ adapter.quote("lastName") }},
            shipping_amount as shipping,
            discount_amount as discount,
            tax_amount as taxes,
            sales_source as source,
            case
                when shipping_country_alpha_3 is not null
                then
                    concat_ws(
                        ', ',
                        shipping_address1,
                        shipping_address2,
                        shipping_city,
                        shipping_state,
                        shipping_zip,
                        shipping_country_alpha_2
                    )
            end as {{ adapter.quote("deliveryAddress") }},
            delivery_method as {{ adapter.quote("deliveryMethod") }},
            payment_method as {{ adapter.quote("paymentMethod") }},
            store_id as {{ adapter.quote("storeId") }},
            subscription_id as {{ adapter.quote("additionalInfo__subscription_id") }},
            channel as {{ adapter.quote("additionalInfo__channel") }},
            changed_at as _changed_at,
            lifecycle as _lifecycle,
            fee_amount as _fee_amount,
            is_refund_assumed as _is_refund_assumed,
            refunded_amount as _refunded_amount,
            total_amount as _total_amount
        from orders
    )

select *
from renamed
