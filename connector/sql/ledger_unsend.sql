delete from ledger.planned
where
    destination = $destination
    and environment = $environment
    and run_id = $run_id
    and order_id
    in (select order_id from work.planned where position not in (select position from work.sent))
;
