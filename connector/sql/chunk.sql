-- The batches of one chunk of the plan: at most $max_orders and $max_bytes each. An order of more
-- than a quarter of a batch goes alone, so that three quarters filled by running total plus the
-- last order never exceed the limit. `divide` rounds down; sqlfmt takes the operator for it for a
-- comment.
with
    measured as (
        select
            position,
            rank,
            payload_md5,
            bytes,
            bytes + 1 > divide($max_bytes, 4) as is_large,
            divide(position - 1, $max_orders) as thousand,
            sum(case when is_large then 0 else bytes + 1 end) over (
                partition by thousand order by position rows unbounded preceding
            ) as filled
        from query_table($payloads)
        where bytes <= $max_order_bytes
    ),

    grouped as (
        select
            *,
            min(position) over (
                partition by
                    thousand,
                    case
                        when is_large then - position else divide(filled, divide($max_bytes * 3, 4))
                    end
            ) as first_position
        from measured
    )

select
    grouped.position,
    dense_rank() over (order by first_position) as batch,
    planned.order_id,
    planned.row_hash,
    grouped.payload_md5,
    planned.delivered_run,
    planned.refused_run,
    planned.removed_run,
    grouped.bytes
from grouped
inner join work.planned as planned using (position)
order by grouped.position
