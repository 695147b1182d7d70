{#
    The number in E.164 of the digits of an international number, with or without the prefix that is
    dialled at home before the national number; null when it is not valid. `calling_code` is its
    calling code, or null when the number has none.
#}
{% macro valid_e164(digits, calling_code) -%}
    case
        when {{ calling_code }} is null
        then null
        when {{ order_connector.is_phone_number(digits) }}
        then
            concat(
                '+',
                {{ calling_code }},
                substr(
                    {{ digits }},
                    length({{ calling_code }})
                    + 1
                    + {{ order_connector.trunk_prefix_length(digits) }}
                )
            )
    end
{%- endmacro %}
