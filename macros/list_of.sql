{# A list of these texts, which are SQL; without any it is empty. #}
{% macro list_of(texts=[]) %}
    {{- return(adapter.dispatch("list_of")(texts | join(", "))) -}}
{% endmacro %}

{% macro default__list_of(texts) -%} cast(array[{{ texts }}] as varchar[]) {%- endmacro %}

{% macro duckdb__list_of(texts) -%} cast([{{ texts }}] as varchar[]) {%- endmacro %}

{% macro spark__list_of(texts) -%} cast(array({{ texts }}) as array<string>) {%- endmacro %}
