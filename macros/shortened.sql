{# The first `length` characters of the text, without blanks at the end; null stays null. #}
{% macro shortened(text, length) %} rtrim(left({{ text }}, {{ length }})){% endmacro %}
