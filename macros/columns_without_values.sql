{# Returns those of the given columns of a query that are null in all rows. #}
{% macro columns_without_values(sql, columns) %}
    {% set counts = [] %}
    {% for column in columns %}
        {% do counts.append("count(" ~ adapter.quote(column) ~ ")") %}
    {% endfor %}
    {% set query = "select " ~ counts | join(", ") ~ " from (" ~ sql ~ ") as counted" %}
    {% set found = run_query(query).rows[0] %}
    {% set empty = [] %}
    {% for column in columns %}
        {% if found[loop.index0] == 0 %} {% do empty.append(column) %} {% endif %}
    {% endfor %}
    {{ return(empty) }}
{% endmacro %}
