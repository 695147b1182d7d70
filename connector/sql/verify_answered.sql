-- A day that was asked for.
insert into verified.days
select $day, count(*), $problem
from verified.there
where day = $day
