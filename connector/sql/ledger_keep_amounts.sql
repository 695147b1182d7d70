insert into ledger.amounts
select chunk.order_id, $run_id, payloads.amount
from query_table($chunk) as chunk
inner join query_table($payloads) as payloads using (position)
where chunk.change <> 'withdrawn';
