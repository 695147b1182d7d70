-- Answered batches, one row each, for as long as the ledger keeps their deliveries.
select
    run_id,
    destination,
    environment,
    batch_id,
    count(*) filter (where outcome in ('delivered', 'removed')) as delivered,
    count(*) filter (where outcome in ('refused', 'removal_refused')) as refused,
    min(recorded_at) as first_answer_at,
    max(recorded_at) as last_answer_at
from ledger.deliveries
group by run_id, destination, environment, batch_id
order by run_id, destination, environment, batch_id
