select encode($before || string_agg(payload, ',' order by position) || $after)
from query_table($chunk)
inner join query_table($payloads) using (position)
where
    batch = $batch
    and position between $first and $last
    and position not in (select position from work.refused)
