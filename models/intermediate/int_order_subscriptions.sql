with
    orders as (select * from {{ ref("int_placed_orders") }}),

    customers as (select * from {{ ref("stg_oms__customers") }}),

    subscriptions as (select * from {{ ref("stg_oms__subscriptions") }}),

    order_tags as (select * from {{ ref("stg_oms__order_tags") }}),

    -- What the order system itself says about an order, in the tags of common subscription apps.
    keyed_tags as (
        select order_id, {{ matching_key("tag") }} as tag_key
        from order_tags
        where lower(tag) like '%subscription%' or lower(tag) like '%recurring%'
    ),

    tag_claims as (
        select
            order_id,
            max(
                case
                    when
                        tag_key in (
                            'subscriptionrenewal',
                            'subscriptionrenewalorder',
                            'subscriptionrecurring',
                            'subscriptionrecurringorder',
                            'recurringorder'
                        )
                    then 'renewal'
                    when tag_key in ('subscriptionfirst', 'subscriptionfirstorder')
                    then 'first'
                end
            ) as claimed_stage
        from keyed_tags
        group by order_id
    ),

    -- Only an order that counts as revenue can begin or renew a subscription.
    claimed as (
        select
            orders.order_id,
            orders.subscription_id,
            orders.ordered_at,
            orders.lifecycle in ('placed', 'completed', 'refunded') as is_counted,
            -- The e-mail address joins a guest's orders with those of a later account.
            coalesce(
                {{ normalise_email("coalesce(orders.guest_email, customers.email)") }},
                orders.customer_id,
                orders.guest_phone
            ) as person,
            case
                when orders.is_renewal
                then 'renewal'
                when not orders.is_renewal and orders.subscription_id is not null
                then 'first'
                else tag_claims.claimed_stage
            end as claimed_stage
        from orders
        left join customers on orders.customer_id = customers.customer_id
        left join tag_claims on orders.order_id = tag_claims.order_id
        where
            orders.subscription_id is not null
            or orders.is_renewal
            or tag_claims.claimed_stage is not null
    ),

    listed as (select *, {{ each_of_list("subscription_id") }} as listed_id from claimed),

    -- An order without a known customer belongs to the customer of the subscription's other orders.
    numbered as (
        select
            order_id,
            {{ clean_text("listed_id") }} as subscription_id,
            ordered_at,
            is_counted,
            coalesce(
                person, min(person) over (partition by {{ clean_text("listed_id") }}), ''
            ) as person
        from listed
        where {{ clean_text("listed_id") }} is not null
    ),

    beginnings as (
        select
            subscriptions.subscription_id,
            coalesce({{ normalise_email("customers.email") }}, subscriptions.customer_id) as person,
            min(subscriptions.started_at) as started_at
        from subscriptions
        left join customers on subscriptions.customer_id = customers.customer_id
        where subscriptions.started_at is not null
        group by
            subscriptions.subscription_id,
            coalesce({{ normalise_email("customers.email") }}, subscriptions.customer_id)
    ),

    -- If no customer matches that of the subscription, the subscription counts for all of them.
    histories as (
        select
            numbered.subscription_id,
            numbered.person,
            min(numbered.ordered_at) as first_ordered_at,
            coalesce(
                min(beginnings.started_at) filter (where numbered.person = beginnings.person),
                min(beginnings.started_at)
            ) as started_at,
            bool_or(numbered.person = beginnings.person) as is_owner
        from numbered
        left join beginnings on numbered.subscription_id = beginnings.subscription_id
        group by numbered.subscription_id, numbered.person
    ),

    -- A subscription that began long before its first order here had earlier orders elsewhere.
    cut_histories as (
        select
            subscription_id,
            person,
            coalesce(
                first_ordered_at > started_at + interval '{{ var("subscription_start_days") }} days'
                and (
                    is_owner
                    or not bool_or(coalesce(is_owner, false)) over (partition by subscription_id)
                ),
                false
            ) as is_cut
        from histories
    ),

    ranked as (
        select
            numbered.order_id,
            numbered.subscription_id,
            row_number() over (
                partition by numbered.subscription_id, numbered.person, numbered.is_counted
                order by numbered.ordered_at, numbered.order_id
            ) as number_of_order,
            cut_histories.is_cut
        from numbered
        inner join
            cut_histories
            on numbered.subscription_id = cut_histories.subscription_id
            and numbered.person = cut_histories.person
    ),

    summed as (
        select
            order_id,
            min(subscription_id) as subscription_id,
            count(distinct subscription_id) as subscription_count,
            bool_or(number_of_order = 1 and not is_cut) as is_first,
            bool_or(number_of_order > 1 or is_cut) as is_renewal
        from ranked
        group by order_id
    ),

    staged as (
        select
            claimed.order_id,
            summed.subscription_id,
            claimed.person,
            coalesce(summed.subscription_count, 0) as subscription_count,
            case
                when not claimed.is_counted
                then null
                when claimed.claimed_stage is not null
                then claimed.claimed_stage
                when summed.is_first and summed.is_renewal
                then 'mixed'
                when summed.is_first
                then 'first'
                when summed.is_renewal
                then 'renewal'
            end as subscription_stage
        from claimed
        left join summed on claimed.order_id = summed.order_id
    )

select *
from staged
