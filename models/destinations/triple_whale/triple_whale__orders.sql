with
    orders as (select * from {{ ref("orders") }}),

    renamed as (
        select
            order_id,
            cast('{{ var("platform") }}' as {{ text_type() }}) as platform,
            cast('{{ var("platform_account_id") }}' as {{ text_type() }}) as platform_account_id,
            ordered_at as created_at,
            changed_at as updated_at,
            order_status as status,
            channel as source_name,
            subscription_id,
            currency,
            total_amount as order_revenue,
            discount_amount as total_discounts,
            tax_amount as taxes,
            is_tax_included as taxes_included,
            shipping_with_tax_amount as shipping_price,
            seller_shipping_cost as shipping_costs,
            other_expenses as custom_expenses,
            {{ split_list("payment_method") }} as payment_gateway_names,
            nullif(order_tags, {{ list_of() }}) as tags,
            customer_id as customer__id,
            customer_email as customer__email,
            customer_phone as customer__phone,
            customer_first_name as customer__first_name,
            customer_last_name as customer__last_name,
            shipping_address1 as shipping_address__address_1,
            shipping_address2 as shipping_address__address_2,
            shipping_city as shipping_address__city,
            case
                when {{ matches_pattern("shipping_state", "^[A-Z0-9]{1,3}$") }} then shipping_state
            end as shipping_address__province_code,
            shipping_zip as shipping_address__zip,
            shipping_country_alpha_3 as shipping_address__country,
            shipping_country_alpha_2 as shipping_address__country_code,
            changed_at as _changed_at,
            fee_amount as _fee_amount,
            is_refund_assumed as _is_refund_assumed,
            shipping_discount_amount as _shipping_discount_amount,
            lifecycle as _lifecycle
        from orders
    )

select *
from renamed
