-- The ledger is older than its stamps, so everything in it may be out of date. It continues with
-- the name and after the numbers in the stamps.
delete from ledger.distrusted
;

insert into ledger.distrusted
select distinct destination, environment, $run_id, false
from ledger.runs
where run_id < $run_id
;

delete from ledger.watermarks
;

update ledger.stamp
set ledger = $ledger, sequence = $sequence
;
