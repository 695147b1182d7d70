{#
    Amount by quantity, rounded to six decimals, in whole numbers: a division of decimals gives a
    double in DuckDB. Both have six decimals at most. Six decimals keep the sum of an order right
    to the cent up to ten thousand units of one product. A line without units keeps the price
    `otherwise`.
#}
{% macro net_unit_price(amount, quantity, otherwise) %}
    {%- set millionths = (
        "cast(cast(abs("
        ~ amount
        ~ ") as decimal(28, 6)) * 1000000 as decimal(38, 0)) * 1000000"
    ) -%}
    {%- set units = (
        "cast(cast(abs("
        ~ quantity
        ~ ") as decimal(28, 6)) * 1000000 as decimal(38, 0))"
    ) -%}
    case
        when {{ quantity }} = 0
        then cast({{ otherwise }} as decimal(18, 6))
        else
            cast(
                cast(
                    {{ integer_divide("2 * " ~ millionths ~ " + " ~ units, "2 * " ~ units) }}
                    as decimal(18, 0)
                )
                * 0.000001
                * case when ({{ amount }} < 0) = ({{ quantity }} < 0) then 1 else -1 end as decimal(
                    18, 6
                )
            )
    end
{%- endmacro %}
