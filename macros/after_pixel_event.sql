{#
    The time of an order, moved to one second after the pixel's event if the event is later than the
    order, but within a day of it; fractions of seconds count. The variable `purchase_follows_pixel`
    switches it off.
#}
{% macro after_pixel_event(ordered_at, pixel_event_at) -%}
    {%- if var("purchase_follows_pixel") -%}
        case
            when
                {{ pixel_event_at }}
                between {{ ordered_at }} - interval '1 day' and {{ ordered_at }} + interval '1 day'
            then greatest({{ ordered_at }}, {{ pixel_event_at }} + interval '1 second')
            else {{ ordered_at }}
        end
    {%- else -%} {{ ordered_at }}
    {%- endif -%}
{%- endmacro %}
