{#
    The digits of a valid number without the prefix that is dialled before a national number at home, such as 0, or
    06 in Hungary. `make seeds` writes this file, see is_national_number.
#}
-- fmt: off
{% macro without_trunk_prefix(calling_code, digits) -%}
    case {{ calling_code }}
        -- cases
        else
            case
                when {{ digits }} like '0%' and {{ calling_code }} in ('codes of 0') then substr({{ digits }}, 2)
                when {{ digits }} like '06%' and {{ calling_code }} in ('codes of 06') then substr({{ digits }}, 3)
                when {{ digits }} like '1%' and {{ calling_code }} in ('codes of 1') then substr({{ digits }}, 2)
                else {{ digits }}
            end
    end
{%- endmacro %}
