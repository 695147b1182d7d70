-- An order goes out under another identity only when the record with the old one is gone.
drop table work.planned;

alter table work.waiting rename to planned;

delete from work.refused
;

delete from work.sent
;

-- What takes the place of a removal supersedes it: the order is there again.
update work.planned
set removed_run = $run_id
where
    order_id in (
        select order_id
        from ledger.deliveries
        where
            destination = $destination
            and environment = $environment
            and run_id = $run_id
            and outcome = 'removed'
    )
;

delete from work.planned
where order_id in (select order_id from work.replaced) and removed_run is distinct from $run_id
;
