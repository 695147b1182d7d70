-- Valid orders whose identity is not what was sent first, if they are to be sent under the new one.
create table work.replaced as
select distinct order_id
from work.violations
inner join work.checks using (number)
where
    $replaces
    and list_contains($rules, rule)
    and order_id not in (select order_id from work.invalid)
    and order_id in (select order_id from work.memory where not is_removed)
    and ($everything or order_id in (select order_id from work.chosen))
