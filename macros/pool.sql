{#
    Identifies the pools of units that `allocate_refunds` matches: the order, the columns, and the
    price if one is given; a missing value counts as a value.
#}
{% macro pool(relation, columns, price=none) -%}
    concat(
        {{ relation }}.order_id
        {%- for column in columns %}
            , chr(31), coalesce({{ relation }}.{{ column }}, '')
        {% endfor -%}
        {%- if price %}, chr(31), coalesce(cast({{ price }} as {{ text_type() }}), ''){% endif -%}
    )
{%- endmacro %}
