-- name: notes
-- What there is to note: most runs find nothing, and most ledgers hold nothing of it.
select
    exists (from ledger.violations where destination = $destination and environment = $environment),
    exists (from work.violations),
    exists (from ledger.removals where destination = $destination and environment = $environment),
    exists (
        select is_noted
        from work.gone
        where not is_noted
        union all
        select is_noted
        from work.left
        where not is_noted
    )
;

-- name: unnote
-- An unchanged order was not judged again, so its findings stand.
create or replace temp table judged as
select order_id
from ledger.violations
semi join (from plan.changes where state in ('candidate', 'not_sent')) using (order_id)
where destination = $destination and environment = $environment

union all

select order_id
from ledger.violations
anti join work.snapshot using (order_id)
where
    destination = $destination
    and environment = $environment
    and not (select is_windowed from work.choice)
    and (not (select is_cut from work.choice) or order_id in (select order_id from work.sought))
;

delete from ledger.violations
where
    destination = $destination
    and environment = $environment
    and order_id in (select order_id from judged)
;

-- It cannot be invalid, though: only its former content was. What goes in windows is judged there.
delete from ledger.violations
where
    destination = $destination
    and environment = $environment
    and severity = 'error'
    and order_id in (select order_id from work.snapshot)
    and order_id not in (select order_id from plan.changes where state = 'candidate')
    and not (select is_divided from work.choice)
;

-- name: note
insert into ledger.violations
select $destination, $environment, $run_id, order_id, rule, field, severity, message, $recorded_at
from work.violations
inner join work.checks using (number)
;

-- name: back
delete from ledger.removals
where
    destination = $destination
    and environment = $environment
    and order_id in (select order_id from work.snapshot)
    and order_id not in (select order_id from work.left)
;

-- name: gone
insert into ledger.removals
select $destination, $environment, order_id, $run_id
from work.gone
where not is_noted

union all

select $destination, $environment, order_id, $run_id
from work.left
where not is_noted
;

-- name: mark
delete from ledger.watermarks
where destination = $destination and environment = $environment
;

insert into ledger.watermarks
values ($destination, $environment, $run_id, $changed_at, $salt, $full_scan_at)
;

-- name: is_marked
from ledger.watermarks
where destination = $destination and environment = $environment
;

-- name: unmark
-- Orders that this run fails to send, and whose stamps would not make the next run read them, would
-- be lost. So the next run reads everything.
delete from ledger.watermarks
where
    destination = $destination
    and environment = $environment
    and exists (
        from work.settled
        where
            verdict in ('planned', 'held_back', 'changed_while_read')
            and order_id not in (select order_id from work.sought where is_recent)
    )
;

-- name: verified
-- The findings of verifications, with their counts as JSON.
create table if not exists ledger.verifications (
    destination varchar not null,
    environment varchar not null,
    recorded_at timestamptz not null,
    exit_code integer not null,
    summary varchar not null
);

insert into ledger.verifications
values ($destination, $environment, $recorded_at, $exit_code, $summary)
;
