-- Intents that are settled: all of a chunk, but for those that may have arrived without an answer.
delete from ledger.planned
where
    run_id = $run_id
    and order_id in (select order_id from query_table($chunk))
    and order_id not in (select order_id from work.sent)
;
