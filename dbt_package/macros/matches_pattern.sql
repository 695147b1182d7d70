{#
    Whether a regular expression matches somewhere in the text. See replace_pattern for what a
    pattern may hold.
#}
{% macro matches_pattern(text, pattern) -%}
    {{ return(adapter.dispatch("matches_pattern", "order_connector")(text, pattern)) }}
{%- endmacro %}

{% macro default__matches_pattern(text, pattern) -%} {{ text }} ~ '{{ pattern }}' {%- endmacro %}

{% macro duckdb__matches_pattern(text, pattern) -%}
    regexp_matches({{ text }}, '{{ pattern }}')
{%- endmacro %}

{% macro spark__matches_pattern(text, pattern) -%}
    {{ text }} rlike '{{ pattern | replace("\\", "\\\\") }}'
{%- endmacro %}
