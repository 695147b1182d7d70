{#
    Every row names an order that exists; the rows of others are sent with no order. `orders` is the
    relation of the orders, `order_id` their identifier where its name is another.
#}
{% test row_has_its_order(model, column_name, orders, order_id=none) %}
    with
        listed as (select * from {{ model }}),

        known as (select {{ order_id or column_name }} as known_id from {{ orders }})

    select listed.*
    from listed
    left join known on listed.{{ column_name }} = known.known_id
    where known.known_id is null
{% endtest %}
