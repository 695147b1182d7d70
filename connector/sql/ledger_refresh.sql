-- Only the row hash is updated in place, since it caches what was read and does not record an
-- event. It is updated in parts to save memory.
create or replace temp table refreshed as
select
    order_id, row_hash, case verdict when 'unchanged' then delivered_run else refused_run end as run_id
from work.settled
where rank between $first and $last and verdict in ('unchanged', 'refused_before')
;

update ledger.outcomes
set row_hash = refreshed.row_hash
from refreshed
where outcomes.order_id = refreshed.order_id and outcomes.run_id = refreshed.run_id;

drop table refreshed;
