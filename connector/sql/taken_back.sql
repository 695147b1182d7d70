select count(*) as orders from ledger.deliveries where run_id = $run_id and outcome = 'removed'
