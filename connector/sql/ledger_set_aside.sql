-- Orders that were refused while the rest of their batch was accepted are not part of its answer.
-- Earlier sends of them that may have arrived are kept; the others surely were not stored.
create or replace temp table aside as
select outcomes.order_id, outcomes.answer_id, outcomes.payload_md5
from ledger.outcomes as outcomes
inner join ledger.requests as requests using (answer_id)
inner join work.refused as refused
    on refused.batch = requests.batch_id and refused.order_id = outcomes.order_id
where
    requests.run_id = $run_id
    and requests.batch_id - $batches_before in (select unnest($batches));

insert into ledger.planned
select order_id, $run_id, payload_md5
from aside
where order_id in (select order_id from work.sent);

insert into ledger.payloads
select destination, environment, order_id, run_id, payload
from ledger.kept
where
    is_outcome
    and run_id = $run_id
    and order_id in (select order_id from aside)
    and order_id in (select order_id from work.sent)
;

delete from ledger.outcomes
where (order_id, answer_id) in (select order_id, answer_id from aside)
;
