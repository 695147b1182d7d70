delete from ledger.watermarks
where destination = $destination and environment = $environment
;

insert into ledger.watermarks
values ($destination, $environment, $run_id, $changed_at, $salt, $full_scan_at);
