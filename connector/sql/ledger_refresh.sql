-- The row hash is a cache of what was read, not a record of what happened, so it alone is updated
-- in place; some at a time, for the sake of memory.
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
