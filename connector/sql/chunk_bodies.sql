select
    batch,
    min(position),
    max(position),
    count(*),
    sum(packed.bytes + 1)::bigint - 1 + $around,
    bool_or(coalesce(delivered_run, refused_run, removed_run) is not null),
    encode($before || string_agg(payload, ',' order by position) || $after)
from query_table($chunk) as packed
inner join query_table($payloads) as payloads using (position)
group by batch
order by batch
