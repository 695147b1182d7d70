{# The texts of a list as one text, separated by commas; an empty list gives an empty text. #}
{% macro joined_list(texts) %}
    {{- return(adapter.dispatch("joined_list", "order_connector")(texts)) -}}
{% endmacro %}

{% macro default__joined_list(texts) -%} array_to_string({{ texts }}, ',') {%- endmacro %}

{% macro spark__joined_list(texts) -%} array_join({{ texts }}, ',') {%- endmacro %}
