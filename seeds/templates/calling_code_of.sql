{# The calling code that the digits of an international number begin with. `make seeds` writes it. #}
-- fmt: off
{% macro calling_code_of(digits) -%}
    case
        when left({{ digits }}, 1) in ('codes of 1 digit') then left({{ digits }}, 1)
        when left({{ digits }}, 2) in ('codes of 2 digits') then left({{ digits }}, 2)
        else left({{ digits }}, 3)
    end
{%- endmacro %}
