{# Whether the rows that a test found are listed after a run of dbt. #}
{% macro tells_rows(node) %}
    {{ return(node.resource_type == "test" and node.config.meta.get("tells", false)) }}
{% endmacro %}
