{#
    The rows of each parent have positions of their own, by which they are sorted. `parent` is the
    column with the parent's identifier.
#}
{% test unique_position(model, column_name, parent) %}
    select {{ parent }}, {{ column_name }}, count(*) as row_count
    from {{ model }}
    group by {{ parent }}, {{ column_name }}
    having count(*) > 1 or {{ column_name }} is null
{% endtest %}
