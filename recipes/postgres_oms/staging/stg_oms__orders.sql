with
    source as (select * from {{ source("shop", "orders") }}),

    items as (
        select
            order_id,
            sum(quantity * unit_price) as subtotal,
            sum(discount) as discount,
            sum(tax) as tax
        from {{ ref("base_oms__items") }}
        group by order_id
    ),

    discounts as (
        select order_id, sum(amount) as amount
        from {{ source("shop", "order_discounts") }}
        where applies_to <> 'items'
        group by order_id
    ),

    -- An order that was deleted was perhaps sent before, and is taken back as a cancelled one.
    renamed as (
        select
            -- ids
            cast(source.id as varchar) as order_id,
            cast(source.customer_id as varchar) as customer_id,
            case
                when source.ship_to is not null then cast(source.id as varchar)
            end as shipping_address_id,
            cast(null as varchar) as subscription_id,
            cast(null as varchar) as marketplace_order_id,

            -- text: a guest has no row in the customers
            {{ clean_text("source.contact ->> 'email'") }} as guest_email,
            {{ clean_text("source.contact ->> 'phone'") }} as guest_phone,
            {{ clean_text("source.contact ->> '$.name.first'") }} as guest_first_name,
            {{ clean_text("source.contact ->> '$.name.last'") }} as guest_last_name,
            case
                when source.deleted_at is not null then 'cancelled' else source.status
            end as order_status,
            {{ clean_text("source.channel") }} as channel,
            cast(null as varchar) as ip_address,
            upper({{ clean_text("source.currency") }}) as currency,
            cast(null as varchar) as store_id,
            {{
                clean_text(
                    "array_to_string(from_json(source.payment_methods, '[\"varchar\"]'), ', ')"
                )
            }} as payment_method,
            {{ clean_text("source.shipping_method") }} as delivery_method,

            -- flags
            source.prices_include_tax as taxes_included,
            cast(null as boolean) as is_renewal,

            -- numbers: what was paid with a gift card is in the total
            cast(coalesce(items.subtotal, 0) as decimal(18, 4)) as subtotal_amount,
            cast(
                coalesce(items.discount, 0) + coalesce(discounts.amount, 0) as decimal(18, 4)
            ) as discount_amount,
            source.shipping_amount,
            cast(coalesce(items.tax, 0) + source.shipping_tax as decimal(18, 4)) as tax_amount,
            source.total as total_amount,
            cast(null as decimal(18, 4)) as fee_amount,
            cast(null as decimal(18, 4)) as gift_card_amount,
            cast(null as decimal(18, 4)) as seller_shipping_cost,
            cast(null as decimal(18, 4)) as other_expenses,
            cast(null as integer) as version,

            -- times
            source.placed_at as ordered_at,
            greatest(source.updated_at, source.deleted_at) as updated_at
        from source
        left join items on source.id = items.order_id
        left join discounts on source.id = discounts.order_id
    )

select *
from renamed
