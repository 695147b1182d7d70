create or replace temp table refusals as
from work.refused
where not is_recorded;

insert into ledger.deliveries
select $destination, $environment, order_id, $run_id, batch, row_hash, payload_md5, $outcome, status, reason, $recorded_at, request_id
from refusals;

delete from ledger.payloads
where
    destination = $destination
    and environment = $environment
    and run_id = $run_id
    and order_id in (select order_id from refusals)
;

insert into ledger.superseded
select $destination, $environment, order_id, refused_run
from refusals
where refused_run is not null;
