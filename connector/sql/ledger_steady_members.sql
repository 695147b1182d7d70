-- Of a run, when its first chunk is written.
insert into ledger.steady_members
select $destination, $environment, $run_id, $steady
where $run_id not in (select run_id from ledger.steady_members);
