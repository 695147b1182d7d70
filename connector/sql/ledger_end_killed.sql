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
