-- Only a delivery or a removal settles a doubt: what an earlier attempt left at the destination
-- is not known from a refusal. Intents of orders that surely were not stored are deleted, so they
-- are not here. Whatever a ledger says that was put back from a copy is in doubt as well.
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
)

union all

select known.destination, known.environment, known.order_id, known.run_id
from ledger.current as known
inner join ledger.distrusted as distrusted
    on distrusted.destination = known.destination
    and distrusted.environment = known.environment
    and known.run_id < distrusted.run_id
where known.outcome in ('delivered', 'removed')
    -- Leaves all unread when every ledger is believed.
    and known.run_id < (select max(run_id) from ledger.distrusted);
