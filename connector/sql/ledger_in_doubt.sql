-- Only a delivery or a removal settles a doubt: what an earlier attempt left at the destination
-- is not known from a refusal. Intents of orders that surely were not stored are deleted, so they
-- are not here.
create view ledger.in_doubt as
select scopes.destination, scopes.environment, planned.order_id, planned.run_id
from ledger.planned
inner join
    (select distinct run_id, destination, environment from ledger.runs) as scopes using (run_id)
where not exists (
    from ledger.deliveries
    where deliveries.destination = scopes.destination
        and deliveries.environment = scopes.environment
        and deliveries.order_id = planned.order_id
        and deliveries.outcome in ('delivered', 'removed')
        and deliveries.run_id >= planned.run_id
        -- Leaves most of the deliveries unread, and all when nothing is planned.
        and deliveries.run_id >= (select min(run_id) from ledger.planned)
);
