-- name: ranks
-- The ranks of the first and the last order in a range of positions of a table: of a step
-- of the plan, or `plan.unsure`.
select min(rank), max(rank)
from query_table($table)
where position between $start and $stop
;

-- name: chunk
-- The batches of one chunk of the plan: at most $max_orders and $max_bytes each. If $max_orders
-- orders can exceed a request, an order of more than a quarter of a batch goes alone. The running
-- total fills three quarters of a batch, so that the last order never exceeds the limit.
-- `divide` rounds down; sqlfmt mistakes its operator for a comment.
with
    measured as (
        select
            position,
            payload_md5,
            amount,
            steady,
            bytes,
            divide(position - 1, $max_orders) as thousand
        from query_table($payloads)
        where bytes <= $max_order_bytes
    ),

    thousands as (
        select thousand, sum(bytes + 1) - 1 <= $max_bytes as fits from measured group by thousand
    ),

    filled as (
        select
            measured.*,
            bytes + 1 > divide($max_bytes, 4) as is_large,
            sum(case when is_large then 0 else bytes + 1 end) over (
                partition by thousand order by position rows unbounded preceding
            ) as running_total
        from measured
        inner join thousands using (thousand)
        where not fits
    ),

    grouped as (
        select measured.*, 0 as part
        from measured
        inner join thousands using (thousand)
        where fits

        union all by name

        select
            * exclude (is_large, running_total),
            case
                when is_large
                then - position
                else divide(running_total, divide($max_bytes * 3, 4))::bigint
            end as part
        from filled
    ),

    batches as (
        select thousand, part, row_number() over (order by min(position)) as batch
        from grouped
        group by thousand, part
    )

select
    grouped.position,
    batches.batch,
    planned.order_id,
    planned.row_hash,
    planned.change,
    grouped.payload_md5,
    planned.delivered_run,
    planned.refused_run,
    planned.removed_run,
    planned.unremoved_run,
    case when planned.change <> 'withdrawn' then grouped.amount end as amount,
    grouped.steady,
    grouped.bytes
from grouped
inner join batches using (thousand, part)
inner join query_table($planned) as planned using (position)
;

-- name: chunk_batches
select
    batch,
    min(position),
    max(position),
    count(*),
    sum(bytes + 1)::bigint - 1 + $around,
    bool_or(
        change = 'withdrawn'
        or coalesce(delivered_run, refused_run, removed_run, unremoved_run) is not null
    ),
    bool_or(change = 'withdrawn')
from query_table($chunk)
group by batch
order by batch
;

-- name: note_oversized
insert into work.oversized
select rank
from query_table($payloads)
where bytes > $max_order_bytes
;
