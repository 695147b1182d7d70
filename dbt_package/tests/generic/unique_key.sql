{# No two rows of a seed mean the same text, as `matching_key` reads it. #}
{% test unique_key(model, column_name) %}
    select {{ order_connector.matching_key(column_name) }} as matching_key, count(*) as row_count
    from {{ model }}
    group by {{ order_connector.matching_key(column_name) }}
    having count(*) > 1
{% endtest %}
