{#
    A query: the rows of `contacts`, which has the columns `phone`, as it was typed, and
    `calling_code`, that of the person's country, with the column `phone_e164`: the number in E.164
    when it is valid, null otherwise, also when it can be read as two valid numbers. `plans` is the
    seed phone_plans. The columns between are steps on the way.

    A number has two readings at most. The first is the plain one: foreign after a plus or 00, at
    home otherwise. The second is without a (0), after the international prefix of the country, or
    with a calling code that has no plus before it.
#}
{% macro with_e164(contacts, plans) -%}
    with
        written as (select *, {{ phone_text("phone") }} as phone_text from {{ contacts }}),

        digits as (
            select
                *,
                {{ replace_pattern("phone_text", "[^0-9]+") }} as phone_digits,
                case
                    when phone_text like '%(0)%'
                    then {{ replace_pattern("replace(phone_text, '(0)', '')", "[^0-9]+") }}
                end as phone_without_0,
                phone_text like '%+%' or phone_text like '%{{ "\uff0b" }}%' as phone_has_plus
            from written
        ),

        read as (
            select
                *,
                phone_has_plus or phone_digits like '00%' as phone_1_is_foreign,
                case
                    when phone_digits like '00%' and not phone_has_plus
                    then substr(phone_digits, 3)
                    else phone_digits
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
                    else {{ after_international_prefix("calling_code", "phone_digits") }}
                end as phone_2
            from digits
        ),

        coded as (
            select
                *,
                case
                    when phone_1_is_foreign then {{ calling_code_of("phone_1") }} else calling_code
                end as phone_code_1,
                {{ calling_code_of("phone_2") }} as phone_code_2
            from read
        ),

        split as (
            select
                *,
                case
                    when phone_1_is_foreign
                    then substr(phone_1, length(phone_code_1) + 1)
                    else phone_1
                end as phone_rest_1,
                substr(phone_2, length(phone_code_2) + 1) as phone_rest_2
            from coded
        ),

        -- Above the join a calling code is a column of the seed; below, it would be worked out anew
        -- for each case of is_national_number.
        judged as (
            select
                split.*,
                case
                    when {{ is_national_number("plans_1.calling_code", "phone_rest_1") }}
                    then
                        concat(
                            '+',
                            plans_1.calling_code,
                            {{ without_trunk_prefix("plans_1.calling_code", "phone_rest_1") }}
                        )
                end as phone_e164_1,
                case
                    when plans_2.calling_code is null
                    then null
                    when {{ is_national_number("plans_2.calling_code", "phone_rest_2") }}
                    then
                        concat(
                            '+',
                            plans_2.calling_code,
                            {{ without_trunk_prefix("plans_2.calling_code", "phone_rest_2") }}
                        )
                end as phone_e164_2
            from split
            left join {{ plans }} as plans_1 on split.phone_code_1 = plans_1.calling_code
            left join {{ plans }} as plans_2 on split.phone_code_2 = plans_2.calling_code
        )

    select
        *,
        -- E.164 ends at 15 digits, some national plans do not.
        case
            when coalesce(phone_e164_1 <> phone_e164_2, false)
            then null
            when length(coalesce(phone_e164_1, phone_e164_2)) between 8 and 16
            then coalesce(phone_e164_1, phone_e164_2)
        end as phone_e164
    from judged
{%- endmacro %}
