-- name: reasons
-- The number of changed orders in the sample in which any column of a kind differs, or no column
-- (`rendering`); with the three columns that differ most often.
with
    compared as (
        from work.compared
        where order_id in (select order_id from plan.planned where change = 'changed')
    ),

    kinds as (select unnest($columns) as column_name, unnest($kinds) as kind),

    differing as (
        select order_id, column_name, coalesce(kind, 'values') as kind
        from work.differing
        left join kinds using (column_name)
        where order_id in (from compared)
    ),

    columns as (select kind, column_name, count(*) as orders from differing group by all),

    found as (
        select kind, count(distinct order_id) as orders
        from differing
        group by kind

        union all

        select 'rendering', count(*)
        from compared
        where order_id not in (select order_id from differing)
    )

select
    found.kind,
    found.orders,
    coalesce(
        (
            select list(column_name order by columns.orders desc, column_name)[:3]
            from columns
            where columns.kind = found.kind
        ),
        []
    ) as columns,
    (select count(*) from compared) as sampled
from found
where found.orders > 0
order by found.orders desc, found.kind
;
