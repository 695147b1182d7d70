-- Notes what was mended, and forgets what else was found of those orders: they are judged again.
create or replace table work.mended as
select distinct ranked.rank, found.order_id
from work.found as found
inner join work.checks as checks using (number)
inner join work.ranked as ranked using (order_id)
where checks.cost in ('leave_out', 'shorten')
;

insert into work.cured
select order_id, number
from work.found
inner join work.checks using (number)
where cost in ('leave_out', 'shorten')
;

delete from work.found
where
    order_id in (select order_id from work.mended)
    and number not in (select number from work.checks where whole_view)
