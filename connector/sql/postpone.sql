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
