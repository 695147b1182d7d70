-- The row hash is a cache of what was read, not a record of what happened, so it alone is updated
-- in place.
create or replace temp table refreshed as
select
    order_id, row_hash, case verdict when 'unchanged' then delivered_run else refused_run end as run_id
from work.settled
where verdict in ('unchanged', 'refused_before')
;

update ledger.deliveries
set row_hash = refreshed.row_hash
from refreshed
where deliveries.destination = $destination
    and deliveries.environment = $environment
    and deliveries.order_id = refreshed.order_id
    and deliveries.run_id = refreshed.run_id;

-- An order that is as it was delivered is no dead letter any more.
insert into ledger.superseded
select $destination, $environment, order_id, refused_run
from work.changes
where refused_run is not null
    and (
        (state = 'unchanged' and not is_retried)
        or order_id in (select order_id from work.settled where verdict = 'unchanged')
    );

drop table refreshed;
