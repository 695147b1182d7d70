{# The distinct texts of all lists, sorted, without nulls. No list may be null. #}
{% macro merged_lists(lists) %}
    {{- return(adapter.dispatch("merged_lists", "order_connector")(lists)) -}}
{% endmacro %}

{% macro default__merged_lists(lists) -%}
    coalesce(
        (
            select array_agg(distinct item order by item)
            from unnest({{ lists | join(" || ") }}) as items(item)
            where item is not null
        ),
        {{ order_connector.list_of() }}
    )
{%- endmacro %}

{% macro duckdb__merged_lists(lists) -%}
    list_sort(list_distinct(list_concat({{ lists | join(", ") }})))
{%- endmacro %}

{% macro spark__merged_lists(lists) -%}
    sort_array(array_distinct(array_compact(concat({{ lists | join(", ") }}))))
{%- endmacro %}
