-- name: emptied
-- What had rows or values when it was last sent, and has none among the orders that were read: at
-- least `orders` orders must have changed or gone for it to be empty. Columns of a view without
-- rows
-- are not named beside it.
with
    suspects as (
        select remembered.entity, remembered.column_name, remembered.orders
        from ledger.completeness as remembered
        inner join work.completeness as found using (entity, column_name)
        where
            remembered.destination = $destination
            and remembered.environment = $environment
            and remembered.orders > 0
            and found.orders = 0
    ),

    -- As many as may have lost it.
    touched as (
        select
            (select count(*) from plan.changes where state = 'candidate' and change <> 'added')
            + (select count(*) from work.gone) as orders
    )

select suspects.entity, suspects.column_name, suspects.orders, suspects.orders <= touched.orders
from suspects
cross join touched
order by suspects.entity, suspects.column_name
;

-- name: mark_emptied
update work.completeness
set is_emptied = true
where entity = $entity and column_name = $column_name
;

-- name: complete
-- What had rows or values when it was last sent, in how many orders at least.
select entity, column_name, orders, true
from ledger.completeness
where destination = $destination and environment = $environment
order by entity, column_name
;
