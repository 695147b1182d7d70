{# No two rows of a seed mean the same text, as `matching_key` reads it. #}
{% test unique_key(model, column) %}
    select {{ matching_key(column) }} as matching_key, count(*) as row_count
    from {{ model }}
    group by {{ matching_key(column) }}
    having count(*) > 1
{% endtest %}
