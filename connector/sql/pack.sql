-- Oldest order first, at most $max_orders and $max_bytes a batch. An order of more than a quarter
-- of a batch goes alone, so that three quarters filled by running total plus the last order never
-- exceed the limit. `divide` rounds down; sqlfmt takes the operator for it for a comment.
create table work.planned as
with numbered as (
    select
        *,
        row_number() over (order by position) as place,
        bytes + 1 > divide($max_bytes, 4) as is_large
    from work.settled
    where verdict = 'planned'
    qualify place <= $limit
),

measured as (
    select
        *,
        divide(place - 1, $max_orders) as thousand,
        sum(case when is_large then 0 else bytes + 1 end) over (
            partition by divide(place - 1, $max_orders)
            order by place
            rows unbounded preceding
        ) as filled
    from numbered
),

grouped as (
    select
        *,
        min(place) over (
            partition by
                thousand,
                case when is_large then -place else divide(filled, divide($max_bytes * 3, 4)) end
        ) as first_place
    from measured
)

select
    place as position,
    dense_rank() over (order by first_place) as batch,
    order_id,
    row_hash,
    payload_md5,
    change,
    delivered_run,
    refused_run,
    removed_run,
    bytes,
    payload
from grouped
inner join work.payloads as payloads using (order_id, payload_md5)
order by place
