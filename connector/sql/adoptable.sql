-- Nobody says that the destination has taken back what counts for nothing any more: the next run
-- does that.
create or replace table plan.planned as
select * replace (row_number() over () as position)
from (from plan.planned where change <> 'withdrawn' order by position)
;

-- Nothing is under way that would have to be waited for.
delete from work.postponed
