-- Settles the requests of some batches. Orders that may have arrived without an answer are kept one
-- by one; those that surely were not stored are deleted.
create or replace temp table unanswered as
select answer_id
from ledger.requests
anti join ledger.answers using (answer_id)
where run_id = $run_id and batch_id between $first_batch and $last_batch
;

insert into ledger.planned
select order_id, run_id, payload_md5
from ledger.outcomes
where answer_id in (from unanswered) and order_id in (select order_id from work.sent)
;

-- Their outcomes go, and what should stay of them is kept.
insert into ledger.payloads
select destination, environment, order_id, run_id, payload
from ledger.kept
where
    is_outcome
    and place in (select rowid from ledger.outcomes where answer_id in (from unanswered))
    and order_id in (select order_id from work.sent)
;

delete from ledger.outcomes
where answer_id in (from unanswered)
;

delete from ledger.requests
where run_id = $run_id and batch_id between $first_batch and $last_batch
;
