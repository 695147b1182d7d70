{# The first `length` characters of the text, cleaned; null when nothing is left. #}
{% macro shortened(text, length) %}
    {{ order_connector.clean_text("left(" ~ text ~ ", " ~ length ~ ")") }}
{% endmacro %}
