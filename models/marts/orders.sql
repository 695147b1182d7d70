with
    placed as (select * from {{ ref("int_placed_orders") }}),

    system_orders as (select * from {{ ref("stg_oms__orders") }}),

    amounts as (select * from {{ ref("int_order_amounts") }}),

    refunds as (select * from {{ ref("refunds") }}),

    contacts as (select * from {{ ref("int_order_contacts") }}),

    channels as (select * from {{ ref("int_order_channels") }}),

    subscriptions as (select * from {{ ref("int_order_subscriptions") }}),

    discounts as (select * from {{ ref("stg_oms__order_discounts") }}),

    order_tags as (select * from {{ ref("stg_oms__order_tags") }}),

    pixel_events as (select * from {{ ref("stg_oms__pixel_purchase_events") }}),

    discount_codes as (
        select order_id, {{ distinct_list("discount_code") }} as discount_codes
        from discounts
        where discount_code is not null
        group by order_id
    ),

    own_tags as (
        select order_id, {{ distinct_list("tag") }} as own_tags
        from order_tags
        where tag is not null
        group by order_id
    ),

    first_pixel_events as (
        select order_id, min(occurred_at) as pixel_event_at from pixel_events group by order_id
    ),

    refund_totals as (
        select
            order_id,
            sum(refund_amount) as refund_amount,
            max(updated_at) as updated_at,
            bool_or(is_assumed) as is_assumed
        from refunds
        group by order_id
    ),

    joined as (
        select
            placed.order_id,
            contacts.customer_id,
            contacts.is_guest,
            contacts.customer_email,
            contacts.customer_email_sha256,
            contacts.customer_phone,
            contacts.customer_phone_sha256,
            contacts.customer_first_name,
            contacts.customer_last_name,
            contacts.customer_name,
            contacts.shipping_address1,
            contacts.shipping_address2,
            contacts.shipping_city,
            contacts.shipping_state,
            contacts.shipping_zip,
            contacts.shipping_country_alpha_2,
            contacts.shipping_country_alpha_3,
            {{ public_ip("system_orders.ip_address") }} as customer_ip_address,
            placed.order_status,
            placed.lifecycle,
            placed.is_in_progress,
            placed.channel,
            channels.sales_source,
            system_orders.store_id,
            system_orders.payment_method,
            system_orders.delivery_method,
            subscriptions.subscription_id,
            subscriptions.subscription_stage,
            coalesce(
                subscriptions.subscription_stage in ('renewal', 'mixed'), false
            ) as is_recurring,
            placed.currency,
            amounts.product_amount,
            amounts.discount_amount,
            amounts.shipping_amount,
            amounts.shipping_discount_amount,
            amounts.shipping_with_tax_amount,
            amounts.fee_amount,
            amounts.tax_amount,
            amounts.is_tax_included,
            amounts.total_amount,
            cast(coalesce(refund_totals.refund_amount, 0) as decimal(18, 4)) as refunded_amount,
            coalesce(refund_totals.is_assumed, false) as is_refund_assumed,
            system_orders.seller_shipping_cost,
            system_orders.other_expenses,
            coalesce(codes.discount_codes, {{ list_of() }}) as discount_codes,
            -- The stage of the subscription, the channel, and whether the pixel cannot see the
            -- channel.
            {{
                merged_lists(
                    [
                        "coalesce(own_tags.own_tags, " ~ list_of() ~ ")",
                        list_of(
                            [
                                "case when subscriptions.subscription_stage in ('first', 'mixed') then 'Subscription First' end",
                                "case when subscriptions.subscription_stage in ('renewal', 'mixed') then 'Subscription Renewal' end",
                                "'channel:' || placed.channel",
                                "case when not channels.has_pixel then 'offline' end",
                            ]
                        ),
                    ]
                )
            }}
            as order_tags,
            placed.ordered_at,
            placed.updated_at,
            pixel.pixel_event_at,
            greatest(placed.updated_at, refund_totals.updated_at) as changed_at
        from placed
        left join system_orders on placed.order_id = system_orders.order_id
        left join contacts on placed.order_id = contacts.order_id
        left join channels on placed.order_id = channels.order_id
        left join subscriptions on placed.order_id = subscriptions.order_id
        left join amounts on placed.order_id = amounts.order_id
        left join discount_codes as codes on placed.order_id = codes.order_id
        left join own_tags on placed.order_id = own_tags.order_id
        left join first_pixel_events as pixel on placed.order_id = pixel.order_id
        left join refund_totals on placed.order_id = refund_totals.order_id
    ),

    remaining as (
        select
            *,
            cast(
                greatest(total_amount - refunded_amount, least(total_amount, 0)) as decimal(18, 4)
            ) as remaining_amount
        from joined
    )

select *
from remaining
