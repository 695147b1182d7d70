{#
    One row for each identifier in a text, such as `S1, S2` or `["S1", "S2"]`. Use it in a select
    list; an identifier contains no comma, semicolon, bar, quote or bracket.
#}
{% macro each_of_list(text) %}
    {{-
        return(
            adapter.dispatch("each_of_list", "order_connector")(
                order_connector.replace_pattern(text, '["\\[\\]]')
            )
        )
    -}}
{% endmacro %}

{% macro default__each_of_list(text) -%} regexp_split_to_table({{ text }}, '[,;|]') {%- endmacro %}

{% macro duckdb__each_of_list(text) -%}
    unnest(string_split_regex({{ text }}, '[,;|]'))
{%- endmacro %}

{% macro spark__each_of_list(text) -%} explode(split({{ text }}, '[,;|]')) {%- endmacro %}
