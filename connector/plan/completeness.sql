-- name: emptied
-- Views and columns that had rows or values when last sent, and have none among the orders read. At
-- least `orders` orders must have changed or gone for that. If a view has no rows, its columns are
-- not listed.
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

    -- The orders that may have lost the value.
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
-- Views and columns that had rows or values when last sent, with a lower bound of their orders.
select entity, column_name, orders, true
from ledger.completeness
where destination = $destination and environment = $environment
order by entity, column_name
;
