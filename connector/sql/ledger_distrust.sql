-- The ledger is older than its stamps: what it says may be out of date, everywhere. It goes on
-- under the name and after the numbers that the stamps tell.
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
