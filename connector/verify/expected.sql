-- name: verify_known
-- What the ledger knows of each order, so that it can be let go.
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
