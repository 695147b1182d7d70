select
    run_id,
    batch_id,
    request_id,
    answer as outcome,
    status,
    reason,
    strftime(recorded_at, '%Y-%m-%dT%H:%M:%SZ') as at
from ledger.deliveries
where destination = $destination and environment = $environment and order_id = $order_id

union all

select run_id, null, null, 'in_doubt', null, 'planned, and no answer is known', null
from ledger.in_doubt
where destination = $destination and environment = $environment and order_id = $order_id

order by run_id
