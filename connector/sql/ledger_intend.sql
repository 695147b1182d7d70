insert into ledger.planned
select order_id, $run_id, payload_md5
from query_table($chunk);
