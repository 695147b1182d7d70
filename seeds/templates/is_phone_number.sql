{#
    Whether the digits are a calling code and a valid national number, with or without the prefix
    that is dialled before it at home. `make seeds` writes this file: the patterns are those of the
    seed phone_plans, as constants, since DuckDB would compile the pattern of a column anew for
    each row. One pattern holds all plans that begin with a digit: engines judge many rows at a
    time, and few patterns let them.
#}
-- fmt: off
{% macro is_phone_number(digits) -%}
    case left({{ digits }}, 1)
        -- cases
    end
{%- endmacro %}
