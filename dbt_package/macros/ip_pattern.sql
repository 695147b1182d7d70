{# An address alone or with brackets, a zone or a port, which are outside of the first
   group of the pattern. #}
{% macro ip_pattern() -%}
    {%- set octet = "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])" -%}
    {%- set version_4 = "(?:" ~ octet ~ "[.]){3}" ~ octet -%}
    {%- set group = "[0-9a-f]{1,4}" -%}
    {%- set tail = "(?:" ~ group ~ ":" ~ group ~ "|" ~ version_4 ~ ")" -%}
    {%- set forms = ["(?:" ~ group ~ ":){6}" ~ tail] -%}
    {%- for before in range(8) -%}
        {%- set left = (
            "(?:" ~ group ~ "(?::" ~ group ~ "){0," ~ (before - 1) ~ "})?"
            if before
            else ""
        ) -%}
        {%- set between = "(?:" ~ group ~ ":){" ~ (5 - before) ~ "}" if before < 5 else "" -%}
        {%- set right = between ~ tail if before < 6 else (group if before == 6 else "") -%}
        {%- do forms.append(left ~ "::" ~ right) -%}
    {%- endfor -%}
    {%- set address = version_4 ~ "|" ~ (forms | join("|")) -%}
    {{- return('(?:^|[ "=\\[])(' ~ address ~ ')(?:$|[ "\\]%]|:[0-9]+(?:$|[ "]))') -}}
{%- endmacro %}
