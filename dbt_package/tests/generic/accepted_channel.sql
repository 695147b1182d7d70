{#
    The seed sales_channels knows every channel, in any spelling. The rows are the unknown ones and their
    counts, the commonest first.
#}
{% test accepted_channel(model, column_name) %}
    with
        listed as (select * from {{ model }}),

        channels as (select * from {{ ref("sales_channels") }}),

        counted as (
            select {{ column_name }} as unknown_channel, count(*) as order_count
            from listed
            group by {{ column_name }}
        ),

        known as (
            select distinct {{ order_connector.matching_key("channel") }} as channel_key
            from channels
        )

    select counted.*
    from counted
    left join
        known on {{ order_connector.matching_key("counted.unknown_channel") }} = known.channel_key
    where known.channel_key is null
    order by counted.order_count desc, counted.unknown_channel asc
{% endtest %}
