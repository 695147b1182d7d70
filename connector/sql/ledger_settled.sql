-- Every request of a run was accepted as sent.
delete from ledger.requests
where run_id = $run_id
;
