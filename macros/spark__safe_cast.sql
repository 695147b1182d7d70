{#
    Overrides dbt's macro for the values of unit tests: a list in YAML becomes one of Spark; dbt's
    own takes lists for texts.
#}
{% macro spark__safe_cast(field, type) -%}
    {%- if field is sequence and field is not string -%}
        {%- set texts = [] -%}
        {%- for text in field -%}
            {%- do texts.append(dbt.string_literal(dbt.escape_single_quotes(text))) -%}
        {%- endfor -%}
        {%- set field = "array(" ~ (texts | join(", ")) ~ ")" -%}
    {%- endif -%}
    cast({{ field }} as {{ type }})
{%- endmacro %}
