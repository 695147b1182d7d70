-- No answer came from the server itself, which may still be processing these orders.
insert into ledger.on_wire
select order_id, $run_id, payload_md5, $moment
from query_table($chunk)
where
    batch = $batch
    and position between $first and $last
    and position not in (select position from work.refused)
;
