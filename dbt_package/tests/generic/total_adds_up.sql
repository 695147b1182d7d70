{#
    The parts make the total, within `tolerance`. `parts` are columns, or expressions such as
    `-discount_amount`; a null part counts as 0.
#}
{% test total_adds_up(model, column_name, parts, tolerance=0) %}
    {%- set terms = [] -%}
    {%- for part in parts -%} {%- do terms.append("coalesce(" ~ part ~ ", 0)") -%} {%- endfor -%}
    with
        listed as (select * from {{ model }}),

        added as (select *, {{ terms | join(" + ") }} as sum_of_parts from listed)

    select *
    from added
    where abs({{ column_name }} - sum_of_parts) > {{ tolerance }}
{% endtest %}
