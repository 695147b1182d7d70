{# SHA-256 of the text in UTF-8, 64 lower-case hexadecimal digits; null stays null. #}
{% macro sha256_hex(text) %} sha256({{ text }}){% endmacro %}
