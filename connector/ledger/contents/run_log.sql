-- name: own_stamp
-- The number of a discarded run is not reused once the ledger is trusted from that run on.
select
    ledger,
    coalesce(
        greatest(
            (select max(run_id) from ledger.runs), (select max(run_id) from ledger.distrusted)
        ),
        0
    ) as run_id,
    sequence
from ledger.stamp
;

-- name: is_old
select 1
from ledger.distrusted
where destination = $destination and environment = $environment and not is_accepted
;

-- name: accept
-- Everything is sent again: a user asked for it, or a send has no side effects.
update ledger.distrusted
set is_accepted = true
where destination = $destination and environment = $environment
;

-- name: distrust
-- The ledger is older than its stamps, so everything in it may be out of date. It continues with
-- the name and after the numbers in the stamps.
delete from ledger.distrusted
;

insert into ledger.distrusted
select distinct destination, environment, $run_id, false
from ledger.runs
where run_id < $run_id
;

delete from ledger.watermarks
;

update ledger.stamp
set ledger = $ledger, sequence = $sequence
;

-- name: event
insert into ledger.runs
values
    ($run_id, $destination, $environment, $command, $event, $recorded_at, $exit_code, $summary)
;

-- name: stamp
update ledger.stamp
set sequence = sequence + 1
;

-- name: cut_off
-- A run that ends with an error leaves requests without an answer.
insert into ledger.on_wire
select order_id, run_id, payload_md5, $recorded_at
from ledger.intents
where
    run_id = $run_id
    and order_id not in (select order_id from ledger.deliveries where run_id = $run_id)
;

-- name: noted_end
-- Records the end of a run that could not be written when it ended, and its start if that is
-- missing, too.
insert into ledger.runs
select
    $run_id as run_id,
    $destination as destination,
    $environment as environment,
    $command as command,
    event,
    $recorded_at as recorded_at,
    case event when 'finished' then $exit_code end as exit_code,
    case event when 'finished' then $summary end as summary
from (select unnest(['started', 'finished']) as event)
anti join (from ledger.runs where run_id = $run_id) using (event)
;

-- name: discard
delete from ledger.runs
where destination = $destination and environment = $environment and run_id = $run_id
;

-- name: are_killed
select 1
from ledger.runs
group by run_id
having not bool_or(event in ('finished', 'killed'))
limit 1
;

-- name: end_killed
-- A run without an end was killed, since only one run at a time holds the ledger. Its requests
-- without an answer may still be under way.
create or replace temp table killed as
select run_id, any_value(destination) as destination, any_value(environment) as environment, any_value(command) as command
from ledger.runs
group by run_id
having not bool_or(event in ('finished', 'killed'))
;

insert into ledger.on_wire
select
    intents.order_id,
    intents.run_id,
    intents.payload_md5,
    case when intents.run_id = $sent_by then $sent_at else $recorded_at end
from ledger.intents as intents
semi join killed using (run_id)
anti join (from ledger.deliveries semi join killed using (run_id)) using (order_id, run_id)
;

insert into ledger.runs
select run_id, destination, environment, command, 'killed', $recorded_at, null, null
from killed
;

-- name: left
-- Settles the requests that a killed run left: from now on, their orders are kept one by one.
create or replace temp table unanswered as
select answer_id
from ledger.requests
anti join ledger.answers using (answer_id)
;

insert into ledger.planned
select order_id, run_id, payload_md5
from ledger.outcomes
where answer_id in (from unanswered)
;

insert into ledger.payloads
select destination, environment, order_id, run_id, payload
from ledger.kept
where
    is_outcome
    and place in (select rowid from ledger.outcomes where answer_id in (from unanswered))
;

delete from ledger.outcomes
where answer_id in (from unanswered)
;

delete from ledger.requests
;
