{#
    The URL of a page of the shop: the variable `shop_url`, the folder, the URL-encoded identifier,
    and an ending. Null when the variable is null or blank.
#}
{% macro shop_page(folder, identifier, ending="") -%}
    {%- set shop_url = (var("shop_url", none) or "") | string | trim -%}
    {%- if shop_url -%}
        '{{ shop_url.rstrip("/") }}/{{ folder }}/'
        || {{ url_encoded(identifier) }}
        || '{{ ending }}'
    {%- else -%} cast(null as {{ text_type() }})
    {%- endif -%}
{%- endmacro %}
