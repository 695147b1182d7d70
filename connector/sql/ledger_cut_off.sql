-- A run that ends with an error leaves requests without an answer.
insert into ledger.on_wire
select order_id, run_id, payload_md5, $recorded_at
from ledger.intents
where
    run_id = $run_id
    and order_id not in (select order_id from ledger.deliveries where run_id = $run_id)
;
