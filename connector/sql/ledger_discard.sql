delete from ledger.runs
where destination = $destination and environment = $environment and run_id = $run_id
