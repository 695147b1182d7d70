{#
    The e-mail address when it can be one. 'unknown' in the field of an address is none, and would
    make one person of many.
#}
{% macro person_email(email) -%}
    case when {{ email }} like '%_@_%' then {{ email }} end
{%- endmacro %}
