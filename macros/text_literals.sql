{# Texts of YAML as SQL literals, with commas between them. #}
{% macro text_literals(texts) -%}
    {%- for text in texts -%}
        {{- dbt.string_literal(dbt.escape_single_quotes(text)) }}{{ ", " if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
