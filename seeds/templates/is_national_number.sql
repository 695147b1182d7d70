{#
    Whether the digits are a valid national number of the calling code, with or without the prefix
    that is dialled before it at home. `make seeds` writes this file: the patterns are those of the
    seed phone_plans, as constants, since DuckDB would compile the pattern of a column anew for
    each row.
#}
-- fmt: off
{% macro is_national_number(calling_code, digits) -%}
    case
        -- cases
    end
{%- endmacro %}
