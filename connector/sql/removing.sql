-- The batches that take orders back, shaped as `work.planned`. What was refused once is not sent
-- again. A batch is closed early enough that the largest of all payloads still fits.
create table work.removing as
with hashed as (
    select *, md5_number(taken_back.payload) as payload_md5, strlen(taken_back.payload) as bytes
    from work.taken_back as taken_back
    inner join work.leaving as leaving using (order_id)
),

numbered as (
    select
        *,
        row_number() over (order by order_id) as place,
        max(bytes + 1) over () as largest
    from hashed
    where payload_md5 is distinct from refused_md5
),

measured as (
    select
        *,
        divide(place - 1, $max_orders) as full_batch,
        sum(bytes + 1) over (
            partition by divide(place - 1, $max_orders) order by place rows unbounded preceding
        )
        - bytes as filled
    from numbered
)

select
    place as position,
    dense_rank() over (
        order by full_batch, divide(filled, greatest($max_bytes - largest, 1))
    ) as batch,
    order_id,
    0::ubigint as row_hash,
    payload_md5,
    'removed' as change,
    delivered_run,
    refused_run,
    null::integer as removed_run,
    bytes,
    payload
from measured
order by place
