-- An order goes under another identity only when the record with the old one is given up.
create or replace table plan.planned as
select * replace (row_number() over () as position)
from (
    from plan.planned
    where order_id not in (select order_id from work.replaced)
        or order_id in (select order_id from plan.removing)
    order by position
)
;
