{# A table, since it cleans and hashes the customer data of every order. #}
{{ config(materialized="table") }}

with
    orders as (select * from {{ ref("int_placed_orders") }}),

    customers as (select * from {{ ref("stg_oms__customers") }}),

    addresses as (select * from {{ ref("stg_oms__addresses") }}),

    countries as (select * from {{ ref("countries") }}),

    people as (select * from {{ ref("int_people") }}),

    guests as (select * from {{ ref("int_guests") }}),

    phone_plans as (select * from {{ ref("phone_plans") }}),

    -- Data of guests is in the order itself, that of customers in their own table.
    joined as (
        select
            orders.order_id,
            coalesce(people.customer_id, guests.customer_id) as customer_id,
            people.relay_marketplace,
            people.person_email_sha256,
            orders.customer_id is null as is_guest,
            {{ email_address("coalesce(orders.guest_email, customers.email)") }} as email,
            coalesce(orders.guest_phone, customers.phone) as phone,
            coalesce(orders.guest_first_name, customers.first_name) as first_name,
            coalesce(orders.guest_last_name, customers.last_name) as last_name,
            addresses.address1,
            addresses.address2,
            addresses.city,
            addresses.state,
            addresses.zip,
            countries.alpha_2,
            countries.alpha_3,
            countries.calling_code,
            countries.alpha_3 is not null as is_address_known
        from orders
        left join people on orders.order_id = people.order_id
        left join guests on orders.order_id = guests.order_id
        left join customers on orders.customer_id = customers.customer_id
        left join addresses on orders.shipping_address_id = addresses.address_id
        left join countries on countries.spelling = lower(addresses.country)
    ),

    numbered as ({{ with_e164("joined", "phone_plans") }}),

    cleaned as (
        select
            *,
            {{ person_email("email") }} as customer_email,
            phone_e164 as customer_phone,
            phone is not null and phone_e164 is null as is_phone_left_out
        from numbered
    ),

    identified as (
        select
            order_id,
            customer_id,
            is_guest,
            relay_marketplace,
            person_email_sha256,
            customer_email,
            {{ sha256_hex(normalise_email("customer_email")) }} as customer_email_sha256,
            customer_phone,
            {{ sha256_hex("customer_phone") }} as customer_phone_sha256,
            is_phone_left_out,
            first_name as customer_first_name,
            last_name as customer_last_name,
            {{ clean_text("concat_ws(' ', first_name, last_name)") }} as customer_name,
            case when is_address_known then address1 end as shipping_address1,
            case when is_address_known then address2 end as shipping_address2,
            case when is_address_known then city end as shipping_city,
            case when is_address_known then state end as shipping_state,
            case when is_address_known then zip end as shipping_zip,
            case when is_address_known then alpha_2 end as shipping_country_alpha_2,
            case when is_address_known then alpha_3 end as shipping_country_alpha_3
        from cleaned
    )

select *
from identified
