-- From version 2: an intent has its payload, a refused removal differs from a refused order, and
-- the ledger has its name and what may still be under way. The next run records a killed run.
drop view if exists ledger.in_doubt;

alter table ledger.planned add column if not exists payload_md5 uhugeint;

insert into ledger.on_wire
select planned.order_id, planned.run_id, null, ended.recorded_at
from ledger.planned
inner join ledger.runs as ended on ended.run_id = planned.run_id and ended.event = 'finished';

update ledger.deliveries
set outcome = 'removal_refused'
where outcome = 'refused' and row_hash = 0;

-- A delivery that a removal superseded was superseded again by the order that followed; count both.
delete from ledger.superseded
where rowid not in (select min(rowid) from ledger.superseded group by all)
;

insert into ledger.meta values (3);
