-- A removal is made from the payload sent before it, which is therefore kept.
insert into ledger.payloads
select $destination, $environment, chunk.order_id, $run_id, payloads.payload
from query_table($chunk) as chunk
inner join query_table($payloads) as payloads using (position)
where chunk.change <> 'withdrawn';
