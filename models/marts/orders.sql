with
    placed as (select * from {{ ref("placed_orders") }}),

    amounts as (select * from {{ ref("int_order_amounts") }}),

    refunds as (select * from {{ ref("refunds") }}),

    contacts as (select * from {{ ref("order_contacts") }}),

    outcomes as (select * from {{ ref("int_order_outcomes") }}),

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

    last_refunds as (
        select order_id, max(updated_at) as updated_at, bool_or(is_assumed) as is_assumed
        from refunds
        group by order_id
    ),

    joined as (
        select
            placed.order_id,
            contacts.customer_id,
            contacts.is_guest,
            contacts.customer_email,
            contacts.customer_email_lower,
            contacts.customer_email_sha256,
            contacts.customer_phone,
            contacts.customer_phone_digits,
            contacts.customer_phone_sha256,
            contacts.customer_first_name,
            contacts.customer_last_name,
            contacts.customer_first_name_short,
            contacts.customer_last_name_short,
            contacts.customer_name,
            contacts.shipping_address1,
            contacts.shipping_address2,
            contacts.shipping_city,
            contacts.shipping_state,
            contacts.shipping_state_code,
            contacts.shipping_zip,
            contacts.shipping_country_alpha_2,
            contacts.shipping_country_alpha_3,
            contacts.shipping_address,
            {{ public_ip("placed.ip_address") }} as customer_ip_address,
            placed.order_status,
            placed.lifecycle,
            outcomes.progress_status,
            cast('{{ var("platform") }}' as varchar) as platform,
            cast('{{ var("platform_account_id") }}' as varchar) as platform_account_id,
            placed.channel,
            channels.sales_source,
            placed.store_id,
            placed.payment_method,
            {{ split_list("placed.payment_method") }} as payment_methods,
            placed.delivery_method,
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
            outcomes.refunded_amount,
            outcomes.remaining_amount,
            coalesce(last_refunds.is_assumed, false) as is_refund_assumed,
            placed.seller_shipping_cost,
            placed.other_expenses,
            coalesce(codes.discount_codes, {{ list_of() }}) as discount_codes,
            -- The stage of a subscription, the channel, and whether the pixel cannot see it.
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
            {{ after_pixel_event("placed.ordered_at", "pixel.pixel_event_at") }} as purchased_at,
            placed.updated_at,
            pixel.pixel_event_at,
            greatest(placed.updated_at, last_refunds.updated_at) as changed_at
        from placed
        left join contacts on placed.order_id = contacts.order_id
        left join outcomes on placed.order_id = outcomes.order_id
        left join channels on placed.order_id = channels.order_id
        left join subscriptions on placed.order_id = subscriptions.order_id
        left join amounts on placed.order_id = amounts.order_id
        left join discount_codes as codes on placed.order_id = codes.order_id
        left join own_tags on placed.order_id = own_tags.order_id
        left join first_pixel_events as pixel on placed.order_id = pixel.order_id
        left join last_refunds on placed.order_id = last_refunds.order_id
    ),

    tagged as (select *, nullif(order_tags, {{ list_of() }}) as order_tags_or_null from joined)

select *
from tagged
