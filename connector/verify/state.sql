-- name: verify_begin
insert into verified.meta
values ($version, $scope, $first, $last, $salt, $began)
;

-- name: verify_resume
-- The last day that the same verification judged if it started recently, if any.
select (select max(day) from verified.days) as day
from verified.meta
where
    version = $version
    and scope = $scope
    and first = $first
    and last = $last
    and salt = $salt
    and began > $oldest
;

-- name: verify_state
-- What a verification has found so far, so that it can resume. The columns of `there` and `extra`
-- depend on the compared fields.
create table verified.meta (
    version integer, scope varchar, first date, last date, salt varchar, began timestamptz
);

-- The requested days; an incomplete day says nothing about an order that is not in it.
create table verified.days (day date, rows bigint, problem varchar);

-- The number of orders by verdict.
create table verified.counts (verdict varchar, orders bigint);

-- Expected orders that were not found around their day, and the verdict.
create table verified.absent (
    order_id varchar, verdict varchar, day date, currency varchar, amount decimal(38, 6)
);

create table verified.findings (
    kind varchar, order_id varchar, field varchar, here varchar, there varchar, day date
);

create table verified.totals (
    day date,
    currency varchar,
    orders_here bigint,
    orders_there bigint,
    amount_here decimal(38, 6),
    amount_there decimal(38, 6)
);

-- The destination's records of orders with findings; `identity` distinguishes those of one order,
-- and is null where a row lacks it.
create table verified.records (order_id varchar, identity varchar, record varchar);

-- Fields that were sent and that rows lack, so that they were not compared.
create table verified.blanks (field varchar, orders bigint);

-- name: verify_is_open
-- Whether the answer for a day or a neighbouring day may have been cut off.
select count(problem) > 0
from verified.days
where day between $day - 1 and $day + 1
;

-- name: verify_answered
-- Records a requested day.
insert into verified.days
select $day, count(*), $problem
from verified.there
where day = $day
;

-- name: verify_judged
-- Stores the verdicts on the orders of `temp.judged`, found or not.
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
;

-- name: verify_final
-- Orders that were found on no day, by verdict.
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
;
