select destination, environment from ledger.runs order by run_id desc limit 1
