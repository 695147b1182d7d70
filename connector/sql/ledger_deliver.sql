-- Whole batches, without orders set aside: their intents become outcomes.
insert into ledger.answers
select
    $first_answer + unnest($batches),
    $destination,
    $environment,
    $run_id,
    unnest($batches) + $batches_before,
    $outcome,
    $status,
    $recorded_at,
    unnest($request_ids::varchar[]);
