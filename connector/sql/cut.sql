-- The position of the last of the first $orders orders of a part.
select position
from query_table($chunk)
where
    batch = $batch
    and position between $first and $last
    and position not in (select position from work.refused)
order by position
limit 1
offset $orders - 1
