{# The former name of `clean_text`, for models that were written with it. #}
{% macro blank_to_null(text) %} {{ clean_text(text) }}{% endmacro %}
