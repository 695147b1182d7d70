{# The text in UTF-8 with all but unreserved characters as %XX; null stays null. #}
{% macro url_encoded(text) %}
    {{- return(adapter.dispatch("url_encoded", "order_connector")(text)) -}}
{% endmacro %}

{% macro default__url_encoded(text) -%} url_encode({{ text }}) {%- endmacro %}

{% macro postgres__url_encoded(text) -%}
    case
        when {{ text }} !~ '[^A-Za-z0-9_.~-]'
        then {{ text }}
        else
            (
                select
                    string_agg(
                        case
                            when letter ~ '^[A-Za-z0-9_.~-]$'
                            then letter
                            else
                                upper(
                                    regexp_replace(
                                        encode(convert_to(letter, 'UTF8'), 'hex'),
                                        '(..)',
                                        '%\1',
                                        'g'
                                    )
                                )
                        end,
                        ''
                        order by place
                    )
                from regexp_split_to_table({{ text }}, '')
                with ordinality as letters(letter, place)
            )
    end
{%- endmacro %}

{# Spark encodes as forms do: a blank is a plus, and an asterisk stays. #}
{% macro spark__url_encoded(text) -%}
    replace(replace(replace(url_encode({{ text }}), '+', '%20'), '*', '%2A'), '%7E', '~')
{%- endmacro %}
