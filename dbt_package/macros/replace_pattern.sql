{#
    The text with each match of a regular expression replaced. The pattern must be a literal and use
    only what RE2, PostgreSQL and Java have in common: no look-around, no \p, no \d.
#}
{% macro replace_pattern(text, pattern, replacement="") %}
    {{-
        return(
            adapter.dispatch("replace_pattern", "order_connector")(text, pattern, replacement)
        )
    -}}
{% endmacro %}

{% macro default__replace_pattern(text, pattern, replacement) -%}
    regexp_replace({{ text }}, '{{ pattern }}', '{{ replacement }}', 'g')
{%- endmacro %}

{# Spark reads a backslash of a literal as the beginning of an escape. #}
{% macro spark__replace_pattern(text, pattern, replacement) -%}
    regexp_replace({{ text }}, '{{ pattern | replace("\\", "\\\\") }}', '{{ replacement }}')
{%- endmacro %}
