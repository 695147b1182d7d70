-- Only what the destination would refuse counts: a payload that takes an order back is no advice.
delete from work.unfit
where number not in (select number from work.checks where severity = 'error')
;

insert into work.violations
from work.unfit
;

drop schema retracted cascade
;
