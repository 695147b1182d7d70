{# The digits of a phone number in E.164, without its plus; null stays null. #}
{% macro phone_digits(e164) %} replace({{ e164 }}, '+', ''){% endmacro %}
