{# The distinct texts between commas, sorted; null when there is none. #}
{% macro split_list(text) %}
    {{ return(adapter.dispatch("split_list", "order_connector")(text)) }}
{% endmacro %}

{% macro default__split_list(text) %}
    (
        select array_agg(distinct trim(item) order by trim(item))
        from unnest(string_to_array({{ text }}, ',')) as items(item)
        where trim(item) <> ''
    )
{% endmacro %}

{% macro duckdb__split_list(text) %}
    case
        when trim({{ text }}, ', ') <> ''
        then
            list_sort(
                list_distinct(
                    list_filter(
                        list_transform(string_split({{ text }}, ','), lambda item:trim(item)),
                        lambda item:item <> ''
                    )
                )
            )
    end
{% endmacro %}

{% macro spark__split_list(text) %}
    case
        when trim(replace({{ text }}, ',', ' ')) <> ''
        then
            sort_array(
                array_distinct(
                    filter(
                        transform(split({{ text }}, ','), item -> trim(item)), item -> item <> ''
                    )
                )
            )
    end
{% endmacro %}
