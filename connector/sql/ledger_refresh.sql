-- The row hash is a cache of what was read, not a record of what happened, so it alone is updated
-- in place.
update ledger.deliveries
set row_hash = settled.row_hash
from work.settled as settled
where settled.verdict = 'unchanged'
    and deliveries.destination = $destination
    and deliveries.environment = $environment
    and deliveries.order_id = settled.order_id
    and deliveries.run_id = settled.delivered_run;

update ledger.deliveries
set row_hash = settled.row_hash
from work.settled as settled
where settled.verdict = 'refused_before'
    and deliveries.destination = $destination
    and deliveries.environment = $environment
    and deliveries.order_id = settled.order_id
    and deliveries.run_id = settled.refused_run;

-- An order that is as it was delivered is no dead letter any more.
insert into ledger.superseded
select $destination, $environment, order_id, refused_run
from work.changes
where refused_run is not null
    and (
        (state = 'unchanged' and not is_retried)
        or order_id in (select order_id from work.settled where verdict = 'unchanged')
    );
