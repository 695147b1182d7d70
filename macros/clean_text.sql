{#
    The text without invisible characters at both ends; null when nothing is left. A value of
    another type becomes a text first.
#}
{% macro clean_text(text) -%}
    {%- set invisible = "[" ~ invisible_characters() ~ "]+" -%}
    nullif(
        {{
            replace_pattern(
                "cast(" ~ text ~ " as varchar)", "^" ~ invisible ~ "|" ~ invisible ~ "$"
            )
        }},
        ''
    )
{%- endmacro %}
