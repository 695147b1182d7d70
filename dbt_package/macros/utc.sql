{# A local time of the order system, converted to a moment: `utc('created_at', 'Europe/London')`. #}
{% macro utc(local_time, time_zone) %}
    {{- return(adapter.dispatch("utc", "order_connector")(local_time, time_zone)) -}}
{% endmacro %}

{% macro default__utc(local_time, time_zone) -%}
    cast({{ local_time }} as timestamp) at time zone '{{ time_zone }}'
{%- endmacro %}

{# In the hour that occurs twice, Spark means the first time, and the others the second. #}
{% macro spark__utc(local_time, time_zone) -%}
    {%- set local = "cast(" ~ local_time ~ " as timestamp)" -%}
    {%- set second -%}
        to_utc_timestamp({{ local }} + interval '1' day, '{{ time_zone }}') - interval '1' day
    {%- endset -%}
    case
        when from_utc_timestamp({{ second }}, '{{ time_zone }}') = {{ local }}
        then {{ second }}
        else to_utc_timestamp({{ local }}, '{{ time_zone }}')
    end
{%- endmacro %}
