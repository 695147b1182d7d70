{#
    The e-mail address when it can be one. 'unknown' is not an address, and would
    join many people into one.
#}
{% macro person_email(email) -%}
    case when {{ email }} like '%_@_%' then {{ email }} end
{%- endmacro %}
