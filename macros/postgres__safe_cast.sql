{#
    Overrides dbt's macro for the values of unit tests: a list in YAML becomes one of PostgreSQL,
    which calls every type of lists ARRAY; ours are lists of texts.
#}
{% macro postgres__safe_cast(field, type) -%}
    {%- set type = "varchar[]" if type == "ARRAY" else type -%}
    {%- if field is sequence and field is not string -%}
        {%- set field = "array[" ~ text_literals(field) ~ "]" -%}
    {%- endif -%}
    cast({{ field }} as {{ type }})
{%- endmacro %}
