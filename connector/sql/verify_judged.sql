-- What came of the orders of `temp.judged`, found or not.
insert into verified.counts
select verdict, count(*)
from temp.judged
where is_there or verdict = 'equal'
group by verdict
;

insert into verified.absent
select order_id, verdict, day, currency, amount_here
from temp.judged
where not is_there and verdict <> 'equal'
;

insert into verified.findings
select verdict, order_id, difference.field, difference.here, difference.there, day
from
    (
        select verdict, order_id, day, unnest(differing) as difference
        from temp.judged
        where verdict = 'different'
    )
;

insert into verified.findings
select
    'unexpected',
    order_id,
    $amount,
    case when $amount is not null then '0' end,
    case when $amount is not null then rtrim(rtrim(cast(amount_there as varchar), '0'), '.') end,
    day
from temp.judged
where verdict = 'unexpected'
;

insert into verified.findings
select 'double', order_id, 'records', '1', cast(copies as varchar), day
from temp.judged
where copies > 1 and verdict in ('double', 'different')
;

insert into verified.totals
select
    day,
    currency,
    count(*) filter (where is_live),
    sum(case when is_there then copies else 0 end),
    sum(case when is_live then amount_here end),
    sum(amount_there)
from temp.judged
where is_there and verdict in ('equal', 'different', 'double', 'unexpected')
group by day, currency
;

insert into verified.blanks
select field, count(*)
from (select unnest(blank) as field from temp.judged where is_live)
group by field
