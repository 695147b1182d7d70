{# One whole number by another, without the remainder: a division of decimals is a double in DuckDB. #}
{% macro integer_divide(dividend, divisor) %}
    {{ return(adapter.dispatch("integer_divide", "order_connector")(dividend, divisor)) }}
{% endmacro %}

{% macro default__integer_divide(dividend, divisor) %}
    div(cast({{ dividend }} as decimal(38, 0)), cast({{ divisor }} as decimal(38, 0)))
{% endmacro %}

{% macro duckdb__integer_divide(dividend, divisor) %}
    divide(cast({{ dividend }} as hugeint), cast({{ divisor }} as hugeint))
{% endmacro %}

{% macro spark__integer_divide(dividend, divisor) %}
    (cast({{ dividend }} as decimal(38, 0)) div cast({{ divisor }} as decimal(38, 0)))
{% endmacro %}
