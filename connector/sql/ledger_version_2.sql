-- From version 1: a run tells of which destination and environment its intents and amounts are.
drop view ledger.in_doubt;

alter table ledger.planned drop column destination;

alter table ledger.planned drop column environment;

alter table ledger.planned drop column payload_md5;

alter table ledger.amounts drop column destination;

alter table ledger.amounts drop column environment;

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
);

insert into ledger.meta values (2);
