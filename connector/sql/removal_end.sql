-- An order goes out under another identity only when the record with the old one is gone.
drop table plan.planned;

alter table plan.waiting rename to planned;

delete from work.refused
;

delete from work.sent
;

-- What takes the place of a removal supersedes it: the order is there again. The removal itself has
-- superseded what was known before, which must not be counted twice.
update plan.planned
set delivered_run = null, refused_run = null, unremoved_run = null, removed_run = $run_id
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

delete from plan.planned
where order_id in (select order_id from work.replaced) and removed_run is distinct from $run_id
;

create or replace table plan.planned as
select * replace (row_number() over () as position)
from (from plan.planned order by position)
;

delete from work.postponed
where order_id not in (select order_id from plan.planned)
;
