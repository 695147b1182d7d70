create table work.withdrawn as
select rank, order_id
from plan.changes
where change = 'withdrawn' and state = 'candidate'
order by rank
;
