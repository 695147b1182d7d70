{#
    The phone number in E.164, with the leading plus, or null when it is none. `calling_code` is
    that of the customer's country, digits only; a number that already begins with + or 00 does
    not need it. The national 0 is dropped, but not in Italy (39), where it belongs to the number;
    the national 1 of North America is its calling code. 8 to 15 digits, as E.164 allows.
#}
{% macro to_e164(phone, calling_code) %}
    {%- set digits = "regexp_replace(" ~ phone ~ ", '[^0-9]', '', 'g')" -%}
    {%- set number -%}
case
    when trim({{ phone }}) like '+%(0)%'
        then concat('+', regexp_replace(replace({{ phone }}, '(0)', ''), '[^0-9]', '', 'g'))
    when trim({{ phone }}) like '+%' then concat('+', {{ digits }})
    when {{ digits }} like '00%' then concat('+', substr({{ digits }}, 3))
    when {{ calling_code }} = '1' and {{ digits }} like '011%'
        then concat('+', substr({{ digits }}, 4))
    when {{ calling_code }} = '1' and {{ digits }} like '1%' then concat('+', {{ digits }})
    when {{ calling_code }} = '39' then concat('+39', {{ digits }})
    when {{ digits }} like '0%' then '+' || {{ calling_code }} || substr({{ digits }}, 2)
    when {{ calling_code }} <> '' and {{ digits }} <> '' then '+' || {{ calling_code }} || {{ digits }}
end
    {%- endset -%}
    case
        when regexp_matches({{ phone }}, '[[:alpha:]]')
        then null
        else nullif(regexp_extract({{ number }}, '^[+][1-9][0-9]{7,14}$'), '')
    end
{%- endmacro %}
