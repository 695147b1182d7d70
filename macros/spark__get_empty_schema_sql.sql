{#
    Overrides dbt's macro for the types of contracts, which are written once, in the words of DuckDB
    and PostgreSQL.
#}
{% macro spark__get_empty_schema_sql(columns) -%}
    {%- set types = {
        "varchar": "string",
        "varchar[]": "array<string>",
        "timestamptz": "timestamp",
    } -%}
    {%- set typed = {} -%}
    {%- for name, column in columns.items() -%}
        {%- set type = types.get(column.data_type, column.data_type) -%}
        {%- do typed.update({name: dict(column, data_type=type)}) -%}
    {%- endfor -%}
    {{ return(default__get_empty_schema_sql(typed)) }}
{%- endmacro %}
