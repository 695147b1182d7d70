insert into work.sent
select position
from work.planned
where
    batch = $batch
    and position between $first and $last
    and position not in (select position from work.refused)
