{#
    Overrides dbt's macro for the values of unit tests: a list in YAML becomes one of Spark; dbt's
    own takes lists for texts.
#}
{% macro spark__safe_cast(field, type) -%}
    {%- if field is sequence and field is not string -%}
        {%- set field = "array(" ~ text_literals(field) ~ ")" -%}
    {%- endif -%}
    cast({{ field }} as {{ type }})
{%- endmacro %}
