insert into work.refused
select position, batch, $status, reason, false
from work.planned
inner join temp.named using (order_id)
where batch = $batch
    and position between $first and $last
    and position not in (select position from work.refused)
returning reason
