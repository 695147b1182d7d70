{# The calling code that the digits of an international number begin with. `make seeds` writes it. #}
-- fmt: off
{% macro calling_code_of(digits) -%}
    case
        when {{ digits }} like '1%' then '1'
        when {{ digits }} like '7%' then '7'
        when {{ order_connector.matches_pattern(digits, "^(?:20|27|30|31|32|33|34|36|39|40|41|43|44|45|46|47|48|49|51|52|53|54|55|56|57|58|60|61|62|63|64|65|66|81|82|84|86|90|91|92|93|94|95|98)") }} then left({{ digits }}, 2)
        else left({{ digits }}, 3)
    end
{%- endmacro %}
