{#
    A person has one id. `person` is a column that identifies people by another sign, such as the
    hash of their e-mail address; rows without one are not judged.
#}
{% test one_id_per_person(model, column_name, person) %}
    with
        listed as (select * from {{ model }}),

        people as (
            select
                {{ person }} as person,
                count(distinct {{ column_name }}) as id_count,
                count(*) as row_count
            from listed
            where {{ person }} is not null
            group by {{ person }}
        )

    select *
    from people
    where id_count > 1
{% endtest %}
