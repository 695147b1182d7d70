{#
    How many digits after the calling code of a valid number are dialled before it at home, such as
    1 for the 0 of Great Britain, or 2 for the 06 of Hungary. Where a valid number could begin with
    them itself, a valid number must follow. `make seeds` writes this file, see is_phone_number.
#}
-- fmt: off
{% macro trunk_prefix_length(digits) -%}
    case
        -- cases
        else 0
    end
{%- endmacro %}
