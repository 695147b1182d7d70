{# A local time of the order system, converted to a moment: `utc('created_at', 'Europe/London')`. #}
{% macro utc(local_time, time_zone) %}
    {{- return(adapter.dispatch("utc", "order_connector")(local_time, time_zone)) -}}
{% endmacro %}

{% macro default__utc(local_time, time_zone) -%}
    cast({{ local_time }} as timestamp) at time zone '{{ time_zone }}'
{%- endmacro %}

{% macro spark__utc(local_time, time_zone) -%}
    to_utc_timestamp({{ local_time }}, '{{ time_zone }}')
{%- endmacro %}
