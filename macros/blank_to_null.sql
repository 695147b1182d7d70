{# The text without blanks around it; null when nothing is left. #}
{% macro blank_to_null(text) %} nullif(trim({{ text }}), ''){% endmacro %}
