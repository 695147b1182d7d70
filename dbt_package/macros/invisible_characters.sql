{#
    The content of the brackets of a regular expression that matches one invisible character: white
    space, format characters (such as U+FEFF and marks of direction) and control characters of
    Unicode 16. The pattern holds the characters themselves, since RE2, PostgreSQL and Java
    share no escape for them.
#}
{% macro invisible_characters() -%}
    {{- "\u0001- \u007f-\u00a0\u00ad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u1680\u180e" -}}
    {{- "\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff\ufff9-\ufffb\U000110bd\U000110cd" -}}
    {{- "\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0001" -}}
    {{- "\U000e0020-\U000e007f" -}}
{%- endmacro %}
