{#
    Common table expressions that give units of refunds to lines of orders: a pass for each column
    of `pools`, in which what is still open of both is laid end to end, refunds as they were made
    and lines as they stand, and what overlaps belongs together. No line gets more than was sold.
    It reads `returned_0` (refund_line_id, refund_rank, quantity and the pools) and `sold_0`
    (order_line_id, quantity and the pools), and ends with `allocated` (refund_line_id,
    order_line_id, pass_number, quantity).
#}
{% macro allocate_refunds(pools) %}
    {%- for pool in pools %}
        {%- set before, after = loop.index0, loop.index -%}
        returned_queue_{{ after }} as (
            select
                refund_line_id,
                {{ pool }} as pool,
                quantity,
                sum(quantity) over (
                    partition by {{ pool }} order by refund_rank rows unbounded preceding
                ) as until_quantity
            from returned_{{ before }}
            where {{ pool }} is not null and quantity > 0
        ),

        sold_queue_{{ after }} as (
            select
                order_line_id,
                {{ pool }} as pool,
                quantity,
                sum(quantity) over (
                    partition by {{ pool }} order by order_line_id rows unbounded preceding
                ) as until_quantity
            from sold_{{ before }}
            where {{ pool }} is not null and quantity > 0
        ),

        allocated_{{ after }} as (
            select
                returned.refund_line_id,
                sold.order_line_id,
                {{ after }} as pass_number,
                least(returned.until_quantity, sold.until_quantity) - greatest(
                    returned.until_quantity - returned.quantity, sold.until_quantity - sold.quantity
                ) as quantity
            from returned_queue_{{ after }} as returned
            inner join
                sold_queue_{{ after }} as sold
                on returned.pool = sold.pool
                and returned.until_quantity - returned.quantity < sold.until_quantity
                and sold.until_quantity - sold.quantity < returned.until_quantity
        ),

        returned_given_{{ after }} as (
            select refund_line_id, sum(quantity) as quantity
            from allocated_{{ after }}
            group by refund_line_id
        ),

        sold_given_{{ after }} as (
            select order_line_id, sum(quantity) as quantity
            from allocated_{{ after }}
            group by order_line_id
        ),

        returned_{{ after }} as (
            select
                returned.refund_line_id,
                returned.refund_rank,
                returned.quantity - coalesce(given.quantity, 0) as quantity,
                {% for each in pools %} returned.{{ each }}{{ "," if not loop.last }} {% endfor %}
            from returned_{{ before }} as returned
            left join
                returned_given_{{ after }} as given
                on returned.refund_line_id = given.refund_line_id
        ),

        sold_{{ after }} as (
            select
                sold.order_line_id,
                sold.quantity - coalesce(given.quantity, 0) as quantity,
                {% for each in pools %} sold.{{ each }}{{ "," if not loop.last }} {% endfor %}
            from sold_{{ before }} as sold
            left join sold_given_{{ after }} as given on sold.order_line_id = given.order_line_id
        ),
    {%- endfor %}
    allocated as (
        {% for pool in pools %}
            select refund_line_id, order_line_id, pass_number, quantity
            from allocated_{{ loop.index }} {{ "union all" if not loop.last }}
        {% endfor %}
    )
{% endmacro %}
