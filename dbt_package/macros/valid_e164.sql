{#
    The number in E.164 of the digits of an international number, with or without the prefix that is
    dialled at home before the national number; null when it is not valid. `plan` is the row of
    phone_plans that has the calling code of the number; without one the number is not valid.
#}
{% macro valid_e164(digits, plan) -%}
    {{ return(adapter.dispatch("valid_e164", "order_connector")(digits, plan)) }}
{%- endmacro %}

{% macro default__valid_e164(digits, plan) -%}
    case
        when {{ plan }}.calling_code is null
        then null
        when {{ order_connector.is_phone_number(digits) }}
        then
            concat(
                '+',
                {{ plan }}.calling_code,
                substr(
                    {{ digits }},
                    length({{ plan }}.calling_code)
                    + 1
                    + {{ order_connector.trunk_prefix_length(digits) }}
                )
            )
    end
{%- endmacro %}

{#
    PostgreSQL keeps the last 32 patterns that it has compiled: those of single plans are small, and
    a shop's numbers are of few of them. The patterns that hold all plans would be compiled anew for
    each row, which takes seconds.
#}
{% macro postgres__valid_e164(digits, plan) -%}
    {%- set national = "substr(" ~ digits ~ ", length(" ~ plan ~ ".calling_code) + 1)" -%}
    {%- set home = "coalesce(" ~ plan ~ ".trunk_prefix, '')" -%}
    case
        when
            {{ national }}
            ~ ('^(?:' || {{ home }} || ')?(?:' || {{ plan }}.national_pattern || ')$')
            and (
                {{ plan }}.possible_pattern is null
                or {{ national }}
                ~ ('^(?:' || {{ home }} || ')?(?:' || {{ plan }}.possible_pattern || ')$')
            )
        then
            concat(
                '+',
                {{ plan }}.calling_code,
                coalesce(
                    substring(
                        {{ national }}
                        from '^(?:' || {{ home }} || ')(' || {{ plan }}.national_pattern || ')$'
                    ),
                    {{ national }}
                )
            )
    end
{%- endmacro %}
