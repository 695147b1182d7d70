delete from ledger.planned
where
    destination = $destination
    and environment = $environment
    and run_id = $run_id
    and order_id in (
        select order_id
        from work.planned as planned
        anti join
            work.sent as sent
            on planned.batch = sent.batch
            and planned.position between sent.first and sent.last
    )
;
