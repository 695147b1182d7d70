-- Of the orders of `work.forgotten` ids, fingerprints, outcomes, times and amounts stay, so that
-- nothing is sent again.
delete from ledger.payloads
where order_id in (from work.forgotten)
;

delete from ledger.samples
where order_id in (from work.forgotten)
;

update ledger.outcomes
set reason = $erased
where reason is not null and order_id in (from work.forgotten)
;

-- What a destination said of a whole run may be about any of its orders.
update ledger.runs
set summary = json_merge_patch(
        summary,
        json_object('reasons', null, 'error', coalesce(summary ->> 'cause', summary ->> 'error'))
    )
where (summary ->> 'cause') is not null or (summary -> 'reasons') not in ('{}', 'null')
;
