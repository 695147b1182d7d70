{#
    The e-mail address as Northbeam hashes it: cleaned, lower case, and for the providers that
    ignore parts of the local part, without those parts. A text without exactly one @ is only
    cleaned and lowered. Outlook's rule is not published; + is cut and dots are kept there.
#}
{% macro normalise_email(email) %}
    {%- set text = "lower(" ~ order_connector.clean_text(email) ~ ")" -%}
    {%- set local = "split_part(" ~ text ~ ", '@', 1)" -%}
    {%- set domain = "split_part(" ~ text ~ ", '@', 2)" -%}
    case
        when {{ text }} not like '%@%' or {{ text }} like '%@%@%'
        then {{ text }}
        when {{ domain }} = 'gmail.com'
        then concat(replace(split_part({{ local }}, '+', 1), '.', ''), '@', {{ domain }})
        when {{ domain }} in ('yahoo.com', 'ymail.com')
        then concat(replace(split_part({{ local }}, '-', 1), '.', ''), '@', {{ domain }})
        when {{ domain }} = 'outlook.com'
        then concat(split_part({{ local }}, '+', 1), '@', {{ domain }})
        else {{ text }}
    end
{%- endmacro %}
