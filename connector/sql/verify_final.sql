-- Orders that were found on no day, by what that means.
insert into verified.findings
select 'missing', order_id, null, null, null, day
from verified.absent
where verdict = 'missing'
;

insert into verified.totals
select day, currency, count(*), 0, sum(amount), 0
from verified.absent
where verdict = 'missing'
group by day, currency
;

insert into verified.counts
select verdict, count(*)
from verified.absent
group by verdict
