select encode($before || string_agg(payload, ',' order by position) || $after)
from work.planned
where
    batch = $batch
    and position between $first and $last
    and position not in (select position from work.refused)
