-- name: late
insert into work.late
select order_id, payload_md5, least(moment, $now)
from ledger.on_wire
semi join
    (from ledger.runs where destination = $destination and environment = $environment)
    using (run_id)
where least(moment, $now) > $since
;

-- name: is_late
select 1
from work.late
limit 1
;

-- name: postpone
insert into work.postponed
select planned.order_id, max(late.moment) as moment
from plan.planned as planned
inner join work.late as late using (order_id)
left join work.rendered as rendered on rendered.rank = planned.rank
where late.payload_md5 is distinct from rendered.payload_md5
group by planned.order_id
;

create or replace table plan.planned as
with ordered as (
    select planned.*
    from plan.planned as planned
    left join work.postponed as postponed using (order_id)
    order by postponed.order_id is not null, position
)

select * replace (row_number() over () as position)
from ordered
;

-- name: postponed
select count(*), max(moment)
from query_table($table)
;
