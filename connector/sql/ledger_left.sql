-- Settles the requests that a killed run left: from now on, their orders are kept one by one.
create or replace temp table unanswered as
select answer_id
from ledger.requests
anti join ledger.answers using (answer_id)
;

insert into ledger.planned
select order_id, run_id, payload_md5
from ledger.outcomes
where answer_id in (from unanswered)
;

insert into ledger.payloads
select destination, environment, order_id, run_id, payload
from ledger.kept
where
    is_outcome
    and place in (select rowid from ledger.outcomes where answer_id in (from unanswered))
;

delete from ledger.outcomes
where answer_id in (from unanswered)
;

delete from ledger.requests
;
