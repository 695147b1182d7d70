-- An unchanged order was not judged again, so its findings stand.
create or replace temp table judged as
select order_id
from ledger.violations
semi join (from plan.changes where state in ('candidate', 'not_sent')) using (order_id)
where destination = $destination and environment = $environment

union all

select order_id
from ledger.violations
anti join work.snapshot using (order_id)
where
    destination = $destination
    and environment = $environment
    and not (select is_windowed from work.choice)
    and (not (select is_cut from work.choice) or order_id in (select order_id from work.sought))
;

delete from ledger.violations
where
    destination = $destination
    and environment = $environment
    and order_id in (select order_id from judged)
;

-- It cannot be invalid, though: only its former content was.
delete from ledger.violations
where
    destination = $destination
    and environment = $environment
    and severity = 'error'
    and order_id in (select order_id from work.snapshot)
    and order_id not in (select order_id from plan.changes where state = 'candidate')
;

insert into ledger.violations
select $destination, $environment, $run_id, order_id, rule, field, severity, message, $recorded_at
from work.violations
inner join work.checks using (number);

delete from ledger.removals
where
    destination = $destination
    and environment = $environment
    and order_id in (select order_id from work.snapshot)
    and order_id not in (select order_id from work.left)
;

insert into ledger.removals
select $destination, $environment, order_id, $run_id
from work.gone
where not is_noted

union all

select $destination, $environment, order_id, $run_id
from work.left
where not is_noted;
