{#
    The first public address of a list as proxies write it: `203.0.113.9, 10.0.0.1`. Ports,
    brackets and zones are cut off; null when no public address of version 4 or 6 is there.
    Private, loopback, link-local and multicast addresses are removed first; addresses reserved for
    documentation count as public.
#}
{% macro public_ip(text) -%}
    {%- set spaced = order_connector.replace_pattern("lower(" ~ text ~ ")", "[ ,;]+", "  ") -%}
    {%- set public = order_connector.replace_pattern(
        spaced, order_connector.private_ip_pattern(), " "
    ) -%}
    case
        when {{ text }} is not null
        then {{ order_connector.extract_pattern(public, order_connector.ip_pattern()) }}
    end
{%- endmacro %}
