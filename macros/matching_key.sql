{#
    The text normalised to match it with a seed: without case, invisible characters, hyphens and
    underscores, and without the wc- that WooCommerce puts before a status. Null when nothing is
    left.
#}
{% macro matching_key(text) -%}
    {%- set plain = "lower(" ~ clean_text(text) ~ ")" -%}
    {%- set separators = "[" ~ invisible_characters() ~ "_-]+" -%}
    nullif({{ replace_pattern(replace_pattern(plain, "^wc[_-]"), separators) }}, '')
{%- endmacro %}
