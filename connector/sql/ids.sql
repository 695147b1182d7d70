select order_id
from query_table($chunk)
where
    batch = $batch
    and position between $first and $last
    and position not in (select position from work.refused)
