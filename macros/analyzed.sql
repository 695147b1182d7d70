{#
    A statement after each table that dbt has built: PostgreSQL counts its rows, which it does by
    itself only a minute later; without counts the models after it take minutes instead of seconds.
#}
{% macro analyzed(relation) -%}
    {%- if target.type == "postgres" and model.config.materialized != "view" -%}
        analyze {{ relation }}
    {%- endif -%}
{%- endmacro %}
