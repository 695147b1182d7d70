-- Orders that were not read keep their former counts; orders that were read, or are gone, count
-- only as they are now.
create or replace temp table complete as
with remembered as (
    select entity, column_name, orders
    from ledger.completeness
    where destination = $destination and environment = $environment
),

touched as (
    select
        (select count(*) from plan.changes where state = 'candidate' and change <> 'added')
        + (select count(*) from work.gone) as orders
)

select
    found.entity,
    found.column_name,
    case
        when found.is_emptied
        then 0
        else
            greatest(coalesce(remembered.orders, 0) - touched.orders, 0)
            + case when $is_limited then 0 else found.orders end
    end as orders
from work.completeness as found
cross join touched
left join remembered using (entity, column_name)
;

delete from ledger.completeness
where destination = $destination and environment = $environment
;

insert into ledger.completeness
select $destination, $environment, entity, column_name, orders
from complete
where orders > 0;

drop table complete;
