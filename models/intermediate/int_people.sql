with
    orders as (select * from {{ ref("int_placed_orders") }}),

    customers as (select * from {{ ref("stg_oms__customers") }}),

    relay_domains as (select * from {{ ref("relay_domains") }}),

    addressed as (
        select
            orders.order_id,
            orders.customer_id,
            orders.ordered_at,
            {{ person_email("coalesce(orders.guest_email, customers.email)") }} as email
        from orders
        left join customers on orders.customer_id = customers.customer_id
    ),

    -- A relay address of a marketplace does not identify a person.
    hashed as (
        select
            addressed.order_id,
            addressed.customer_id,
            addressed.ordered_at,
            relay_domains.marketplace as relay_marketplace,
            case
                when relay_domains.domain is null
                then {{ sha256_hex(normalise_email("addressed.email")) }}
            end as person_email_sha256
        from addressed
        left join relay_domains on {{ email_domain("addressed.email") }} = relay_domains.domain
    ),

    -- The account that ordered first stands for the person.
    joined as (
        select
            order_id,
            relay_marketplace,
            person_email_sha256,
            {{ joined_customer_id("customer_id", "person_email_sha256", "ordered_at, order_id") }}
            as customer_id
        from hashed
    )

select *
from joined
