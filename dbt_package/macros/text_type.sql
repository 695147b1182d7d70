{# What the engine calls the type of texts without a limit. #}
{% macro text_type() -%}
    {{- return(adapter.dispatch("text_type", "order_connector")()) -}}
{%- endmacro %}

{% macro default__text_type() -%} varchar {%- endmacro %}

{% macro spark__text_type() -%} string {%- endmacro %}
