-- Store only the identifying members of the payload: those that should stay as they were.
insert into ledger.payloads
select $destination, $environment, chunk.order_id, $run_id, payloads.identity
from query_table($chunk) as chunk
inner join query_table($payloads) as payloads using (position)
where chunk.change <> 'withdrawn';
