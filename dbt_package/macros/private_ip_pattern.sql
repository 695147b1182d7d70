{# The pattern of an address of a private network, from the blank before it to its end. #}
{% macro private_ip_pattern() -%}
    {%- set version_4 = [
        "(?:0|10|127|22[4-9]|2[3-5][0-9])[.]",
        "100[.](?:6[4-9]|[7-9][0-9]|1[01][0-9]|12[0-7])[.]",
        "169[.]254[.]",
        "172[.](?:1[6-9]|2[0-9]|3[01])[.]",
        "192[.](?:168|0[.]0)[.]",
        "198[.]1[89][.]",
    ] | join("|") -%}
    {%- set version_6 = [
        "f[cd][0-9a-f][0-9a-f]:",
        "fe[89a-f][0-9a-f]:",
        "ff[0-9a-f][0-9a-f]:",
        "::1?(?:$|[^0-9a-f:.])",
    ] | join("|") -%}
    {{-
        return(
            "(?:^| )[^0-9a-f: ]*(?:for=)?[^0-9a-f: ]*(?:(?:::ffff:)?(?:"
            ~ version_4
            ~ ")|"
            ~ version_6
            ~ ")[^ ]*"
        )
    -}}
{%- endmacro %}
