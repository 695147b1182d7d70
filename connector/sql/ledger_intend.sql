insert into ledger.planned
select order_id, $run_id
from query_table($chunk);
