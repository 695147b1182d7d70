-- Orders that no longer count are not adopted as taken back: the next run takes them back.
create or replace table plan.planned as
select * replace (row_number() over () as position)
from (from plan.planned where change <> 'withdrawn' order by position)
;

-- No request is under way, so no order needs to wait.
delete from work.postponed
