{#
    The share of one part when `amount` is spread over the parts of a whole in their order. All are
    decimals with four places; `until` is the sum of the parts up to and including this one. The
    running total, not each share, is cut to the currency's decimals, `digits`. So nothing is lost,
    and the last part takes the rest. Null when the whole is 0.
#}
{% macro running_share(amount, until, part, whole, digits) %}
    {%- set spread = "cast(" ~ amount ~ " * 10000 as decimal(38, 0))" -%}
    {%- set run_up = "cast((" ~ until ~ ") * 10000 as decimal(38, 0))" -%}
    {%- set before = "cast((" ~ until ~ " - " ~ part ~ ") * 10000 as decimal(38, 0))" -%}
    {%- set unit -%}
        case {{ digits }} when 0 then 10000 when 3 then 10 when 4 then 1 else 100 end
    {%- endset -%}
    {%- set divisor = "nullif(cast(" ~ whole ~ " * 10000 as decimal(38, 0)), 0) * " ~ unit -%}
    cast(
        cast(
            {{ integer_divide(spread ~ " * " ~ run_up, divisor) }}
            - {{ integer_divide(spread ~ " * " ~ before, divisor) }} as decimal(18, 0)
        )
        * {{ unit }}
        * 0.0001 as decimal(18, 4)
    )
{% endmacro %}
