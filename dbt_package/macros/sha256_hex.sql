{#
    SHA-256 of the cleaned text in UTF-8, 64 lower-case hexadecimal digits; null when there is none.
#}
{% macro sha256_hex(text) %}
    {{-
        return(
            adapter.dispatch("sha256_hex", "order_connector")(order_connector.clean_text(text))
        )
    -}}
{% endmacro %}

{% macro default__sha256_hex(text) -%} sha256({{ text }}) {%- endmacro %}

{% macro postgres__sha256_hex(text) -%}
    encode(sha256(convert_to({{ text }}, 'UTF8')), 'hex')
{%- endmacro %}

{% macro spark__sha256_hex(text) -%} sha2({{ text }}, 256) {%- endmacro %}
