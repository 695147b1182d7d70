-- What is known of the batches of a run, as long as nothing has long replaced their deliveries.
select
    batch_id,
    count(*) filter (where outcome in ('delivered', 'removed')) as delivered,
    count(*) filter (where outcome in ('refused', 'removal_refused')) as refused,
    list(distinct status order by status) as statuses,
    list(distinct request_id order by request_id) as request_ids,
    strftime(min(recorded_at), '%Y-%m-%dT%H:%M:%SZ') as first_at,
    strftime(max(recorded_at), '%Y-%m-%dT%H:%M:%SZ') as last_at
from ledger.deliveries
where run_id = $run_id
group by batch_id
order by batch_id
