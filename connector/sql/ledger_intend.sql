insert into ledger.planned
select $destination, $environment, order_id, $run_id, payload_md5
from work.planned;

insert into ledger.payloads
select $destination, $environment, order_id, $run_id, payload
from work.planned
where $remembers;
