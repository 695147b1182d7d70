{# The amount rounded to the decimals of its currency: 0, 2, 3 or 4 `digits`; 2 when unknown. #}
{% macro round_amount(amount, digits) %}
    case
        {% for known in [0, 3, 4] %}
            when {{ digits }} = {{ known }}
            then cast(round({{ amount }}, {{ known }}) as decimal(18, 4))
        {% endfor %}
        else cast(round({{ amount }}, 2) as decimal(18, 4))
    end
{% endmacro %}
