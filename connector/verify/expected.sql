-- name: verify_known
-- Copies what the ledger knows about each order, so that the ledger can be released.
create table plan.known as
select
    order_id,
    max(recorded_at) as sent_at,
    bool_or(outcome = 'delivered') as is_delivered,
    arg_max(outcome, run_id) = 'removed' as is_removed
from work.current
where outcome in ('delivered', 'removed')
group by order_id
;
