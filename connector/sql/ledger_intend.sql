insert into ledger.planned
select $destination, $environment, order_id, $run_id, payload_md5
from query_table($chunk);

insert into ledger.payloads
select $destination, $environment, chunk.order_id, $run_id, payloads.payload
from query_table($chunk) as chunk
inner join query_table($payloads) as payloads using (position)
where $remembers;

insert into ledger.amounts
select $destination, $environment, chunk.order_id, $run_id, payloads.amount
from query_table($chunk) as chunk
inner join query_table($payloads) as payloads using (position)
where payloads.amount is not null;

-- That an order is too large shows when it is rendered.
insert into ledger.violations
select $destination, $environment, $run_id, planned.order_id, rule, field, severity, message, $recorded_at
from query_table($payloads) as payloads
anti join query_table($chunk) using (position)
inner join work.planned as planned using (position)
inner join work.checks as checks on checks.number = (select max(number) from work.checks);
