select
    batch,
    min(position),
    max(position),
    count(*),
    sum(bytes + 1)::bigint - 1 + $around,
    bool_or(
        change = 'withdrawn'
        or coalesce(delivered_run, refused_run, removed_run, unremoved_run) is not null
    )
from query_table($chunk)
group by batch
order by batch
