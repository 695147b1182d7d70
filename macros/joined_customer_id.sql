{#
    The account of a person: the order's own or, with the dbt variable `join_customers_by_email`,
    the one with the same address that ordered first; null when no account is known.
    `oldest_first` sorts orders down to a key.
#}
{% macro joined_customer_id(customer_id, email, oldest_first) -%}
    {%- if var("join_customers_by_email", false) -%}
        case
            when {{ email }} is null
            then {{ customer_id }}
            else
                first_value({{ customer_id }}) over (
                    partition by {{ email }}
                    order by
                        case when {{ customer_id }} is null then 1 else 0 end, {{ oldest_first }}
                )
        end
    {%- else -%} {{ customer_id }}
    {%- endif -%}
{%- endmacro %}
