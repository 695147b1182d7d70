-- Keeps what a slice of orders has broken, mended or not.
insert into work.violations
select *
from work.found
union
select *
from work.cured
;

delete from work.found
;

delete from work.cured
