{#
    The seed order_statuses knows every status, in any spelling. The rows are the unknown ones and their
    counts, the commonest first.
#}
{% test accepted_status(model, column_name) %}
    with
        listed as (select * from {{ model }}),

        statuses as (select * from {{ ref("order_statuses") }}),

        counted as (
            select {{ column_name }} as unknown_status, count(*) as order_count
            from listed
            group by {{ column_name }}
        ),

        known as (
            select distinct {{ order_connector.matching_key("status") }} as status_key from statuses
        )

    select counted.*
    from counted
    left join
        known on {{ order_connector.matching_key("counted.unknown_status") }} = known.status_key
    where known.status_key is null
    order by counted.order_count desc, counted.unknown_status asc
{% endtest %}
