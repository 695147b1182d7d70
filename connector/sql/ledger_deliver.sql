-- Whole batches, less what was set aside: what they intended becomes their outcome.
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
