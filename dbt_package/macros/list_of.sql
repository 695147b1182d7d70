{# SQL of a list of texts, which are SQL expressions; it may be empty. #}
{% macro list_of(texts=[]) %}
    {{- return(adapter.dispatch("list_of", "order_connector")(texts | join(", "))) -}}
{% endmacro %}

{% macro default__list_of(texts) -%} cast(array[{{ texts }}] as varchar[]) {%- endmacro %}

{% macro duckdb__list_of(texts) -%} cast([{{ texts }}] as varchar[]) {%- endmacro %}

{% macro spark__list_of(texts) -%} cast(array({{ texts }}) as array<string>) {%- endmacro %}
