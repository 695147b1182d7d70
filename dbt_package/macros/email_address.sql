{#
    The address in a text such as `Ann <ann@shop.example>` or `mailto:ann@shop.example`; any other
    text stays unchanged.
#}
{% macro email_address(text) -%}
    {%- set address = "([^<>@ ]+@[^<>@ ?]+)" -%}
    coalesce(
        {{ order_connector.extract_pattern(text, "(?:<|^)[Mm][Aa][Ii][Ll][Tt][Oo]:" ~ address) }},
        {{ order_connector.extract_pattern(text, "<([^<>@ ]+@[^<>@ ]+)>") }},
        {{ text }}
    )
{%- endmacro %}
