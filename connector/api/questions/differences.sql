-- name: changed_members
-- The number of changed orders in which each member of the payload differs.
with
    members as (
        select
            before,
            now,
            unnest(list_distinct(json_keys(before) || json_keys(now))) as member,
            '$."' || member || '"' as place
        from work.beside
    )

select member as field, count(*) as orders
from members
where json_extract(before, place)::varchar is distinct from json_extract(now, place)::varchar
group by member
order by orders desc, member
;

-- name: first_beside
select order_id, before, now
from work.beside
order by position
limit $limit
;
