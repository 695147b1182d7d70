{#
    The phone number when it consists only of digits, usual separators, invisible characters, and a
    plus before the first digit; null otherwise. So a text with an extension, a second number or a
    word is null. A .0 that a spreadsheet appended to the number is removed.
#}
{% macro phone_text(phone) -%}
    {%- set marks = "()./\u0022''`\u00b4\u2018\u2019\u201c\u201d\u2212\u00b7\u2022_-" -%}
    {%- set marks = order_connector.invisible_characters() ~ "\u2010-\u2015" ~ marks -%}
    {%- set number = "^[+\uff0b" ~ marks ~ "]*[0-9][0-9" ~ marks ~ "]*$" -%}
    case
        when not {{ order_connector.matches_pattern(phone, number) }}
        then null
        when
            {{ phone }} like '%.0%'
            and {{ order_connector.matches_pattern(phone, "^[^.]*[.]0[^0-9]*$") }}
        then split_part({{ phone }}, '.', 1)
        else {{ phone }}
    end
{%- endmacro %}
