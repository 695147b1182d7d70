-- Of an order two amounts are kept at most: as it was last delivered, and as it is sent now.
delete from ledger.amounts
where
    destination = $destination
    and environment = $environment
    and order_id in (select order_id from work.planned)
    and (order_id, run_id)
    not in (select (order_id, delivered_run) from work.planned where delivered_run is not null)
;
