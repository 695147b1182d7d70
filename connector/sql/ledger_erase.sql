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
