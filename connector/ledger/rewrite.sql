-- name: fresh_event
insert into fresh.runs
values
    ($run_id, $destination, $environment, $command, $event, $recorded_at, $exit_code, $summary)
;
