-- For ledgers from before answers were stored once per request: each row repeated the common parts.
drop view if exists ledger.current;

drop view if exists ledger.last_sent;

drop view if exists ledger.in_doubt;

insert into ledger.answers
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
from ledger.deliveries
group by destination, environment, run_id, batch_id, outcome, status, request_id;

insert into ledger.outcomes
select order_id, run_id, answer_id, row_hash, payload_md5, amount, reason
from ledger.deliveries as deliveries
inner join
    ledger.answers as answers using (destination, environment, run_id, batch_id, outcome)
left join ledger.amounts as amounts using (order_id, run_id)
where
    deliveries.status is not distinct from answers.status
    and deliveries.request_id is not distinct from answers.request_id
order by run_id, answer_id;

drop table ledger.deliveries;

drop table ledger.amounts;
