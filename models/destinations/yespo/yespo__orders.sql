with
    orders as (select * from {{ ref("orders") }}),

    renamed as (
        select
            order_id as "externalOrderId",
            customer_id as "externalCustomerId",
            remaining_amount as "totalCost",
            progress_status as status,
            ordered_at as date,
            currency,
            customer_email_lower as email,
            customer_phone_digits as phone,
            customer_first_name_short as "firstName",
            customer_last_name_short as "lastName",
            shipping_amount as shipping,
            discount_amount as discount,
            tax_amount as taxes,
            sales_source as source,
            shipping_address as "deliveryAddress",
            delivery_method as "deliveryMethod",
            payment_method as "paymentMethod",
            store_id as "storeId",
            subscription_id as "additionalInfo__subscription_id",
            channel as "additionalInfo__channel",
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
