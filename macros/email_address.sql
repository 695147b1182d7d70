{# The address out of a text such as `Ann <ann@shop.example>`; any other text as it is. #}
{% macro email_address(text) -%}
    coalesce({{ extract_pattern(text, "<([^<>@ ]+@[^<>@ ]+)>") }}, {{ text }})
{%- endmacro %}
