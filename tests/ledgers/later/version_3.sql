-- What came to a ledger of version 3 before the next number: answers told once a request. One run
-- more was killed; of its three orders one was answered.
-- What the destination answered, once per request and outcome: delivered, refused, removed,
-- removal_refused, or adopted because a person said so. Texts are most of what a ledger costs.
create table answers (
    answer_id integer not null,  -- one of its own in the whole ledger
    destination varchar not null,
    environment varchar not null,
    run_id integer not null,
    batch_id integer not null,
    outcome varchar not null,
    status integer,
    recorded_at timestamptz not null,
    request_id varchar  -- our own name of the request, as the logs have it
);

-- What came of an order in a run, at most once; the amount is what was sent, for contracts that
-- name it.
create table outcomes (
    order_id varchar not null,
    run_id integer not null,
    answer_id integer not null,
    row_hash ubigint not null,
    payload_md5 uhugeint not null,
    amount decimal(38, 4),
    reason varchar
);

-- From before answers were told once per request: what they have in common stood in each row.
drop view if exists current;

drop view if exists last_sent;

drop view if exists in_doubt;

insert into answers
select
    row_number() over (order by run_id, batch_id, request_id, outcome),
    destination,
    environment,
    run_id,
    batch_id,
    outcome,
    status,
    max(recorded_at),
    request_id
from deliveries
group by destination, environment, run_id, batch_id, outcome, status, request_id;

insert into outcomes
select order_id, run_id, answer_id, row_hash, payload_md5, amount, reason
from deliveries as deliveries
inner join
    answers as answers using (destination, environment, run_id, batch_id, outcome)
left join amounts as amounts using (order_id, run_id)
where
    deliveries.status is not distinct from answers.status
    and deliveries.request_id is not distinct from answers.request_id
order by run_id, answer_id;

drop table deliveries;

drop table amounts;

-- What was adopted counts as delivered.
create or replace view deliveries as
select
    answers.destination,
    answers.environment,
    outcomes.order_id,
    outcomes.run_id,
    answers.batch_id,
    outcomes.row_hash,
    outcomes.payload_md5,
    outcomes.amount,
    case answers.outcome when 'adopted' then 'delivered' else answers.outcome end as outcome,
    answers.outcome as answer,
    answers.status,
    outcomes.reason,
    answers.recorded_at,
    answers.request_id
from outcomes as outcomes
inner join answers as answers using (answer_id);

create or replace view current as
select *
from deliveries
anti join superseded using (destination, environment, order_id, run_id);

-- Only a delivery or a removal settles a doubt: what an earlier attempt left at the destination
-- is not known from a refusal. Intents of orders that surely were not stored are deleted, so they
-- are not here. Whatever a ledger says that was put back from a copy is in doubt as well.
create or replace view in_doubt as
select scopes.destination, scopes.environment, planned.order_id, planned.run_id
from planned
inner join
    (select distinct run_id, destination, environment from runs) as scopes using (run_id)
where not exists (
    from deliveries
    where deliveries.destination = scopes.destination
        and deliveries.environment = scopes.environment
        and deliveries.order_id = planned.order_id
        and deliveries.outcome in ('delivered', 'removed')
        and deliveries.run_id >= planned.run_id
        -- Leaves most of the deliveries unread, and all when nothing is planned.
        and deliveries.run_id >= (select min(run_id) from planned)
)

union all

select known.destination, known.environment, known.order_id, known.run_id
from current as known
inner join distrusted as distrusted
    on distrusted.destination = known.destination
    and distrusted.environment = known.environment
    and known.run_id < distrusted.run_id
where known.outcome in ('delivered', 'removed')
    -- Leaves all unread when every ledger is believed.
    and known.run_id < (select max(run_id) from distrusted);

insert into runs
select 7, 'northbeam', max(environment), 'sync', 'started', '2026-11-26 15:58:00+00', null, null
from runs
where destination = 'northbeam';

insert into planned values
    ('order-000010', 7, 10),
    ('order-000011', 7, 11),
    ('order-000012', 7, 12);

insert into answers
select
    max(answer_id) + 1,
    'northbeam',
    max(environment) filter (where destination = 'northbeam'),
    7,
    1,
    'delivered',
    200,
    '2026-11-26 15:58:01+00',
    '7-1'
from answers;

insert into outcomes
select order_id, 7, (select max(answer_id) from answers), row_hash, payload_md5, amount, null
from outcomes
where order_id = 'order-000012' and run_id = 1;

insert into superseded
select 'northbeam', max(environment), 'order-000012', 1
from runs
where run_id = 7;
