-- name: erase
-- Ids, fingerprints, outcomes, times and amounts of the orders of `work.forgotten` stay, so that
-- nothing is sent again.
delete from ledger.payloads
where order_id in (from work.forgotten)
;

update ledger.outcomes
set steady = null
where steady is not null and order_id in (from work.forgotten)
;

delete from ledger.samples
where order_id in (from work.forgotten)
;

update ledger.outcomes
set reason = $erased
where reason is not null and order_id in (from work.forgotten)
;

-- A destination's message about a whole run may concern any of its orders.
update ledger.runs
set summary = json_merge_patch(
        summary,
        json_object('reasons', null, 'error', coalesce(summary ->> 'cause', summary ->> 'error'))
    )
where (summary ->> 'cause') is not null or (summary -> 'reasons') not in ('{}', 'null')
;

-- name: wanted
create table work.forgotten as
select unnest($order_ids::varchar[]) as order_id
;

-- name: last_scope
select destination, environment
from ledger.runs
order by run_id desc
limit 1
;

-- name: forgotten
-- How many orders of `work.forgotten` the ledger knows, and what it stores about them.
select
    (
        select count(distinct order_id)
        from work.forgotten
        where
            order_id in (select order_id from ledger.outcomes)
            or order_id in (select order_id from ledger.planned)
            or order_id in (select order_id from ledger.payloads)
    ) as orders,
    (select count(*) from ledger.kept where order_id in (from work.forgotten)) as payloads,
    (
        select count(*)
        from ledger.outcomes
        where reason <> $erased and order_id in (from work.forgotten)
    ) as texts
;
