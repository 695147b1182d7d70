insert into work.late
select order_id, payload_md5, least(moment, $now)
from ledger.on_wire
semi join
    (from ledger.runs where destination = $destination and environment = $environment)
    using (run_id)
where least(moment, $now) > $since
;
