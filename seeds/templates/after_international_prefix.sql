{#
    What follows the prefix that is dialled to call abroad where it is not 00 alone, such as 011 in
    North America or 810 in Kazakhstan; null when the digits do not begin with it. `make seeds`
    writes this file, see national_number.
#}
-- fmt: off
{% macro after_international_prefix(calling_code, digits) -%}
    case {{ calling_code }}
        -- cases
    end
{%- endmacro %}
