{#
    Overrides dbt's macro: columns without any value get the type of the contract, whatever type a
    staging model gives them, as in `cast(null as varchar)`.
#}
{% macro default__get_create_view_as_sql(relation, sql) %}
    {{ return(create_view_as(relation, with_typed_nulls(sql))) }}
{% endmacro %}
