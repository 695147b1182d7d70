{#
    What the first pair of brackets of a regular expression matches in the text; null when the
    expression does not match. See replace_pattern for what a pattern may hold.
#}
{% macro extract_pattern(text, pattern) -%}
    {{ return(adapter.dispatch("extract_pattern", "order_connector")(text, pattern)) }}
{%- endmacro %}

{% macro default__extract_pattern(text, pattern) -%}
    nullif(regexp_extract({{ text }}, '{{ pattern }}', 1), '')
{%- endmacro %}

{% macro postgres__extract_pattern(text, pattern) -%}
    nullif(substring({{ text }} from '{{ pattern }}'), '')
{%- endmacro %}

{% macro spark__extract_pattern(text, pattern) -%}
    nullif(regexp_extract({{ text }}, '{{ pattern | replace("\\", "\\\\") }}', 1), '')
{%- endmacro %}
