-- Requests that a run which was killed has left are settled: what they intended is known one by one
-- from now on.
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

delete from ledger.outcomes
where answer_id in (from unanswered)
;

delete from ledger.requests
;
