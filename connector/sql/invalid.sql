create or replace table work.invalid as
select distinct order_id
from work.violations
inner join work.checks using (number)
where severity = 'error'
