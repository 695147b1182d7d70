-- A removal is answered like a delivery.
insert into ledger.answers
select
    requests.answer_id,
    $destination,
    $environment,
    $run_id,
    requests.batch_id,
    'removed',
    $status,
    $recorded_at,
    part.request_id
from ledger.requests as requests
inner join
    (
        select
            unnest($batches) + $batches_before as batch_id,
            unnest($request_ids::varchar[]) as request_id
    ) as part
    on part.batch_id = requests.batch_id
where requests.run_id = $run_id and requests.takes_back;
