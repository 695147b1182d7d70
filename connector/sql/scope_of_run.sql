select destination, environment from ledger.runs where run_id = $run_id limit 1
