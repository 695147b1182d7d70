insert into work.refused
select order_id, position, batch + $batches_before, row_hash, payload_md5, refused_run, $status, $request_id, reason, false
from query_table($chunk)
inner join temp.named using (order_id)
where batch = $batch
    and position between $first and $last
    and position not in (select position from work.refused)
returning reason
