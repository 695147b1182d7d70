-- All that a run has asked was taken as it was asked.
delete from ledger.requests
where run_id = $run_id
;
