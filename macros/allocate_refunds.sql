{#
    Common table expressions that allocate refunded units to lines of orders, in one pass for each
    column of `pools`. A pass lays the open units of both sides end to end, refunds by time and
    lines in their order; overlapping units belong together. No line gets more than was sold.
    It reads `returned_0` and `sold_0` (line_id, line_rank, quantity and the pools), and ends with
    `allocated` (refund_line_id, order_line_id, pass_number, quantity).
#}
{% macro allocate_refunds(pools) %}
    {%- set sides = {"returned": "refund_line_id", "sold": "order_line_id"} -%}
    {%- for pool in pools %}
        {%- set before, after = loop.index0, loop.index -%}
        {%- for side in sides %}
            {{ side }}_queue_{{ after }} as (
                select
                    line_id,
                    {{ pool }} as pool,
                    quantity,
                    sum(quantity) over (
                        partition by {{ pool }} order by line_rank rows unbounded preceding
                    ) as until_quantity
                from {{ side }}_{{ before }}
                where {{ pool }} is not null and quantity > 0
            ),
        {% endfor %}

        allocated_{{ after }} as (
            select
                returned.line_id as refund_line_id,
                sold.line_id as order_line_id,
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

        {%- for side, line_id in sides.items() %}
            {{ side }}_given_{{ after }} as (
                select {{ line_id }} as line_id, sum(quantity) as quantity
                from allocated_{{ after }}
                group by {{ line_id }}
            ),

            {{ side }}_{{ after }} as (
                select
                    open.line_id,
                    open.line_rank,
                    open.quantity - coalesce(given.quantity, 0) as quantity,
                    {% for each in pools %} open.{{ each }}{{ "," if not loop.last }} {% endfor %}
                from {{ side }}_{{ before }} as open
                left join {{ side }}_given_{{ after }} as given on open.line_id = given.line_id
            ),
        {% endfor %}
    {%- endfor %}
    allocated as (
        {% for pool in pools %}
            select refund_line_id, order_line_id, pass_number, quantity
            from allocated_{{ loop.index }} {{ "union all" if not loop.last }}
        {% endfor %}
    )
{% endmacro %}
