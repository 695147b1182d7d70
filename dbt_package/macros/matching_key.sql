{#
    The text normalised to match it with a seed: without case, invisible characters, hyphens and
    underscores, and without the wc- that WooCommerce puts before a status. Null when nothing is
    left.
#}
{% macro matching_key(text) -%}
    {%- set plain = "lower(" ~ order_connector.clean_text(text) ~ ")" -%}
    {%- set separators = "[" ~ order_connector.invisible_characters() ~ "_-]+" -%}
    nullif(
        {{
            order_connector.replace_pattern(
                order_connector.replace_pattern(plain, "^wc[_-]"), separators
            )
        }},
        ''
    )
{%- endmacro %}
