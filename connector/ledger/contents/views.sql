-- name: views
-- Views over the tables of the ledger. Each migration recreates them, since earlier versions
-- defined them differently.
drop view if exists ledger.last_sent;

-- One row per run; a run without an end was killed. The counts are those of its summary, null when
-- it ended before there was a plan.
create or replace view ledger.run_history as
select
    * exclude (summary),
    summary,
    unnest(
        from_json(
            summary,
            '{
                "orders": "bigint", "added": "bigint", "changed": "bigint", "in_doubt": "bigint",
                "unchanged": "bigint", "removed": "bigint", "invalid": "bigint",
                "refused_before": "bigint", "planned": "bigint", "delivered": "bigint",
                "refused": "bigint", "pending": "bigint", "batches": "bigint",
                "requests": "bigint", "retries": "bigint", "bytes": "bigint", "error": "varchar",
                "alerts": [{"kind": "varchar", "message": "varchar"}]
            }'
        )
    )
from
    (
        select
            run_id,
            destination,
            environment,
            command,
            min(recorded_at) as started_at,
            max(recorded_at) filter (where event = 'finished') as finished_at,
            max(exit_code) as exit_code,
            max(summary) as summary
        from ledger.runs
        group by all
    );

-- An object of the members that should stay, of their names and a JSON array of their values.
create or replace macro ledger.steady_object(names, steady) as
    '{' || array_to_string(
        list_transform(
            list_filter(
                list_zip(names, json_extract(steady, '$[*]')),
                lambda member: member[2]::varchar <> 'null'
            ),
            lambda member: to_json(member[1]) || ':' || member[2]
        ),
        ','
    )
    || '}';

-- What is kept of orders as they were sent: whole payloads, or an object of the members that should
-- stay. `place` is the row in the table of payloads, or in that of outcomes where `is_outcome`.
create or replace view ledger.kept as
select destination, environment, order_id, run_id, payload, rowid as place, false as is_outcome
from ledger.payloads

union all

select
    members.destination,
    members.environment,
    outcomes.order_id,
    outcomes.run_id,
    ledger.steady_object(members.names, outcomes.steady) as payload,
    outcomes.rowid as place,
    true as is_outcome
from ledger.outcomes as outcomes
inner join ledger.steady_members as members using (run_id)
where outcomes.steady is not null;

-- Adopted orders count as delivered.
create or replace view ledger.deliveries as
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
from ledger.outcomes as outcomes
inner join ledger.answers as answers using (answer_id);

create or replace view ledger.current as
select *
from ledger.deliveries
anti join ledger.superseded using (destination, environment, order_id, run_id);

-- Orders that a run was to send and that have no answer in it.
create or replace view ledger.intents as
select order_id, run_id, payload_md5
from ledger.planned

union all

select order_id, run_id, payload_md5
from ledger.outcomes
semi join (from ledger.requests anti join ledger.answers using (answer_id)) using (answer_id);

-- Only a delivery or a removal settles a doubt: a refusal does not show what an earlier attempt
-- left at the destination. Intents of orders that surely were not stored are deleted, so they are
-- not here. Everything in a ledger that was restored from a copy is in doubt as well.
create or replace view ledger.in_doubt as
select scopes.destination, scopes.environment, intents.order_id, intents.run_id
from ledger.intents as intents
inner join
    (select distinct run_id, destination, environment from ledger.runs) as scopes using (run_id)
where not exists (
    from ledger.deliveries
    where deliveries.destination = scopes.destination
        and deliveries.environment = scopes.environment
        and deliveries.order_id = intents.order_id
        and deliveries.outcome in ('delivered', 'removed')
        and deliveries.run_id >= intents.run_id
        -- Avoids reading most deliveries, and all of them when there is no intent.
        and deliveries.run_id >= (
            select min(run_id)
            from (
                select run_id from ledger.planned union all select run_id from ledger.requests
            )
        )
)

union all

select known.destination, known.environment, known.order_id, known.run_id
from ledger.current as known
inner join ledger.distrusted as distrusted
    on distrusted.destination = known.destination
    and distrusted.environment = known.environment
    and known.run_id < distrusted.run_id
where known.outcome in ('delivered', 'removed')
    -- Avoids reading anything when every ledger is trusted.
    and known.run_id < (select max(run_id) from ledger.distrusted)
;
