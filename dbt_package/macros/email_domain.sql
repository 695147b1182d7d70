{# The domain of an e-mail address, in lower case; null when the text has none. #}
{% macro email_domain(email) -%}
    nullif(lower(split_part({{ order_connector.clean_text(email) }}, '@', 2)), '')
{%- endmacro %}
