{#
    No more units are refunded than were sold. `sold` is the relation of the lines of orders,
    `by` the columns that both have, such as the order and the product, and `sold_units` the
    column of the units where its name is another.
#}
{% test refunded_at_most_sold(model, column_name, sold, by, sold_units=none) %}
    {%- set keys = by | join(", ") -%}
    with
        listed as (select * from {{ model }}),

        refunds as (
            select {{ keys }}, sum({{ column_name }}) as refunded_units
            from listed
            group by {{ keys }}
        ),

        sales as (
            select {{ keys }}, sum({{ sold_units or column_name }}) as sold_units
            from {{ sold }}
            group by {{ keys }}
        )

    select refunds.*, coalesce(sales.sold_units, 0) as sold_units
    from refunds
    left join sales using ({{ keys }})
    where refunds.refunded_units > coalesce(sales.sold_units, 0)
{% endtest %}
