{#
    It lasts: an order keeps the identifier that was made for it when it was first seen, also when
    the guest is erased, or the address is corrected. `--full-refresh` does not begin anew. Spark's
    own tables let nobody replace a row: there a guest keeps it even after opening an account.
#}
{{
    config(
        materialized="incremental",
        incremental_strategy="append" if target.type == "spark" else "delete+insert",
        unique_key="order_id",
        on_schema_change="append_new_columns",
        full_refresh=false,
    )
}}

with
    orders as (select * from {{ ref("int_placed_orders") }}),

    people as (select * from {{ ref("int_people") }}),

    identified as (
        select
            orders.order_id,
            coalesce(
                people.customer_id,
                'guest-' || left(people.person_email_sha256, 32),
                concat('guest-order-', orders.order_id)
            ) as customer_id,
            people.customer_id is null as is_surrogate
        from orders
        inner join people on orders.order_id = people.order_id
        where orders.customer_id is null
    ),

    -- Only an account of the guest replaces the identifier made before.
    new_or_joined as (
        select order_id, customer_id
        from identified
        {% if is_incremental() %}
            where
                not exists (
                    select 1
                    from {{ this }} as known
                    where
                        known.order_id = identified.order_id
                        {% if target.type != "spark" %}
                            and (
                                identified.is_surrogate
                                or known.customer_id = identified.customer_id
                            )
                        {% endif %}
                )
        {% endif %}
    )

select *
from new_or_joined
