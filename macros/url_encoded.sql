{# The text in UTF-8 with all but unreserved characters as %XX; null stays null. #}
{% macro url_encoded(text) %} {{- return(adapter.dispatch("url_encoded")(text)) -}} {% endmacro %}

{% macro default__url_encoded(text) -%} url_encode({{ text }}) {%- endmacro %}
