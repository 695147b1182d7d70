{#
    The text without invisible characters at both ends; null when nothing is left. A value of
    another type becomes a text first.
#}
{% macro clean_text(text) -%}
    {%- set invisible = "[" ~ order_connector.invisible_characters() ~ "]+" -%}
    nullif(
        {{
            order_connector.replace_pattern(
                "cast(" ~ text ~ " as " ~ order_connector.text_type() ~ ")",
                "^" ~ invisible ~ "|" ~ invisible ~ "$",
            )
        }},
        ''
    )
{%- endmacro %}
