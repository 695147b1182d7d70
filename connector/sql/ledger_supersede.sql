insert into ledger.superseded
select
    $destination,
    $environment,
    order_id,
    unnest(list_distinct([delivered_run, refused_run, removed_run, unremoved_run]))
from query_table($chunk) as chunk
inner join
    (
        select unnest($batches) as batch, unnest($firsts) as first, unnest($lasts) as last
    ) as part
    on chunk.batch = part.batch
    and chunk.position between part.first and part.last
where chunk.position not in (select position from work.refused)
    and coalesce(delivered_run, refused_run, removed_run, unremoved_run) is not null;
