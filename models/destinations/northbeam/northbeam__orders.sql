with
    orders as (select * from {{ ref("orders") }}),

    renamed as (
        select
            order_id,
            customer_id,
            {{ after_pixel_event("ordered_at", "pixel_event_at") }} as time_of_purchase,
            currency,
            total_amount as purchase_total,
            tax_amount as tax,
            shipping_amount as shipping_cost,
            discount_amount,
            discount_codes,
            order_tags,
            is_recurring as is_recurring_order,
            customer_email_sha256 as hashed_customer_email,
            customer_phone_sha256 as hashed_customer_phone_number,
            customer_name,
            customer_ip_address,
            shipping_address1 as customer_shipping_address__address1,
            shipping_address2 as customer_shipping_address__address2,
            shipping_city as customer_shipping_address__city,
            shipping_state as customer_shipping_address__state,
            shipping_zip as customer_shipping_address__zip,
            shipping_country_alpha_3 as customer_shipping_address__country_code,
            changed_at as _changed_at,
            lifecycle as _lifecycle,
            fee_amount as _fee_amount,
            is_refund_assumed as _is_refund_assumed,
            pixel_event_at as _pixel_event_at
        from orders
    )

select *
from renamed
