{# An aggregate: the sorted list of distinct texts. #}
{% macro distinct_list(text) %}
    {{- return(adapter.dispatch("distinct_list", "order_connector")(text)) -}}
{% endmacro %}

{% macro default__distinct_list(text) -%}
    array_agg(distinct {{ text }} order by {{ text }})
{%- endmacro %}

{% macro spark__distinct_list(text) -%} sort_array(collect_set({{ text }})) {%- endmacro %}
