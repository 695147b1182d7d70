{#
    A query that adds the column `phone_e164` to the rows of `contacts`: the number in E.164 when it
    is valid, null otherwise, also when it can be read as two valid numbers. `contacts` has the
    columns `phone`, as typed, and `calling_code`, that of the person's country. `plans` is the seed
    phone_plans. The other columns are intermediate steps.

    A number has at most two readings. The first is the usual one: international after a plus or 00,
    national otherwise. The second drops a (0) or the international prefix of the country, or reads
    a calling code without a plus.
#}
{% macro with_e164(contacts, plans) -%}
    with
        written as (
            select *, {{ order_connector.phone_text("phone") }} as phone_text from {{ contacts }}
        ),

        digits as (
            select
                *,
                {{ order_connector.replace_pattern("phone_text", "[^0-9]+") }} as phone_digits,
                case
                    when phone_text like '%(0)%'
                    then
                        {{
                            order_connector.replace_pattern(
                                "replace(phone_text, '(0)', '')", "[^0-9]+"
                            )
                        }}
                end as phone_without_0,
                phone_text like '%+%' or phone_text like '%{{ "\uff0b" }}%' as phone_has_plus
            from written
        ),

        -- Both readings are the digits of an international number.
        read as (
            select
                *,
                case
                    when phone_has_plus
                    then phone_digits
                    when phone_digits like '00%'
                    then substr(phone_digits, 3)
                    else calling_code || phone_digits
                end as phone_1,
                case
                    when phone_has_plus
                    then phone_without_0
                    when phone_without_0 like '00%'
                    then substr(phone_without_0, 3)
                    when
                        left(coalesce(phone_without_0, phone_digits), length(calling_code))
                        = calling_code
                    then coalesce(phone_without_0, phone_digits)
                    else
                        {{
                            order_connector.after_international_prefix(
                                "calling_code", "phone_digits"
                            )
                        }}
                end as phone_2
            from digits
        ),

        coded as (
            select
                *,
                {{ order_connector.calling_code_of("phone_1") }} as phone_code_1,
                {{ order_connector.calling_code_of("phone_2") }} as phone_code_2
            from read
        ),

        judged as (
            select
                coded.*,
                {{ order_connector.valid_e164("phone_1", "plans_1") }} as phone_e164_1,
                {{ order_connector.valid_e164("phone_2", "plans_2") }} as phone_e164_2
            from coded
            left join {{ plans }} as plans_1 on coded.phone_code_1 = plans_1.calling_code
            left join {{ plans }} as plans_2 on coded.phone_code_2 = plans_2.calling_code
        )

    select
        *,
        -- E.164 allows 15 digits, some national plans allow more.
        case
            when coalesce(phone_e164_1 <> phone_e164_2, false)
            then null
            when length(coalesce(phone_e164_1, phone_e164_2)) between 8 and 16
            then coalesce(phone_e164_1, phone_e164_2)
        end as phone_e164
    from judged
{%- endmacro %}
