{# The calling code that the digits of an international number begin with. `make seeds` writes it. #}
-- fmt: off
{% macro calling_code_of(digits) -%}
    case
        when {{ digits }} like '1%' then '1'
        when {{ digits }} like '7%' then '7'
        when {{ order_connector.matches_pattern(digits, "^(?:codes of 2 digits)") }} then left({{ digits }}, 2)
        else left({{ digits }}, 3)
    end
{%- endmacro %}
