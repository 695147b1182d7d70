{#
    A row for each of the identifiers that stand in one text, such as `S1, S2` or `["S1", "S2"]`.
    It stands in the list of a select; an identifier has no comma, semicolon, bar, quote or bracket.
#}
{% macro each_of_list(text) %}
    {{- return(adapter.dispatch("each_of_list")(replace_pattern(text, '["\\[\\]]'))) -}}
{% endmacro %}

{% macro default__each_of_list(text) -%} regexp_split_to_table({{ text }}, '[,;|]') {%- endmacro %}

{% macro duckdb__each_of_list(text) -%}
    unnest(string_split_regex({{ text }}, '[,;|]'))
{%- endmacro %}

{% macro spark__each_of_list(text) -%} explode(split({{ text }}, '[,;|]')) {%- endmacro %}
