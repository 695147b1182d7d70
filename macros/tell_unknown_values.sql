{#
    After a run of dbt: logs one warning for each test with `meta: {tells: true}` that found rows,
    and lists the rows, such as statuses that are in no seed and their order counts.
#}
{% macro tell_unknown_values(results) %}
    {% if execute %}
        {% for result in results if result.status == "warn" and tells_rows(result.node) %}
            {% set found = run_query(result.node.compiled_code) %}
            {% set texts = [] %}
            {% for row in found.rows[:20] %}
                {% set orders = " order" if row[1] == 1 else " orders" %}
                {% do texts.append((row[0] or "(none)") ~ ": " ~ row[1] ~ orders) %}
            {% endfor %}
            {% set more = " and more" if found.rows | length > 20 else "" %}
            {% do exceptions.warn(result.node.name ~ " found " ~ texts | join(", ") ~ more) %}
        {% endfor %}
    {% endif %}
{% endmacro %}
