{#
    SHA-256 of the cleaned text in UTF-8, 64 lower-case hexadecimal digits; null when there is none.
#}
{% macro sha256_hex(text) %} sha256({{ clean_text(text) }}){% endmacro %}
