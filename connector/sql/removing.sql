-- What takes orders back, shaped as `plan.planned`, with its payloads beside it. What was refused
-- once is not sent again unless it is asked for, and what was delivered just so need not be.
create table plan.removing as
with hashed as (
    select
        leaving.* exclude (payload),
        leaving.payload as last_payload,
        taken_back.payload,
        md5_number(taken_back.payload) as payload_md5
    from work.taken_back as taken_back
    inner join work.leaving as leaving using (order_id)
),

-- Another version of these may still be under way: they go last.
waiting as (
    select hashed.order_id, max(late.moment) as moment
    from hashed
    inner join work.late as late using (order_id)
    where late.payload_md5 <> hashed.payload_md5 or late.payload_md5 is null
    group by hashed.order_id
)

select
    row_number() over (order by moment is not null, order_id) as position,
    position as rank,
    order_id,
    0::ubigint as row_hash,
    'removed' as change,
    delivered_run,
    -- A refusal of it takes the place of the one before.
    unremoved_run as refused_run,
    -- What a ledger that was put back says is in doubt, and was taken back before.
    removed_run,
    refused_run as unremoved_run,
    moment
from hashed
left join waiting using (order_id)
where
    (
        payload_md5 is distinct from unremoved_md5
        or order_id in (select order_id from work.retried)
        or order_id in (select order_id from work.surplus)
    )
    and not (is_certain and (payload = last_payload or payload_md5 = delivered_md5))
    and order_id not in (select order_id from work.unfit)
order by position
;

create table work.removing_late as
select order_id, moment
from plan.removing
where moment is not null
;

create table work.removing_payloads as
select removing.rank, null::decimal(38, 4) as amount, taken_back.payload, null::varchar as identity
from plan.removing as removing
inner join work.taken_back as taken_back using (order_id)
order by removing.rank
;
