-- What takes orders back among others has an answer of its own.
insert into ledger.answers
select
    $last_answer + len($batches) + unnest(range(1, len($batches) + 1)),
    $destination,
    $environment,
    $run_id,
    unnest($batches) + $batches_before,
    'removed',
    $status,
    $recorded_at,
    unnest($request_ids::varchar[])
where exists (from query_table($chunk) where change = 'withdrawn');
