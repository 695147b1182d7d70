-- name: answered
-- Whether anything may be in doubt, and whether anything was ever answered but that it was
-- delivered: most ledgers know neither.
select
    exists (from ledger.planned)
    or exists (from ledger.requests)
    or exists (from ledger.distrusted),
    exists (
        from ledger.answers
        where
            destination = $destination
            and environment = $environment
            and outcome not in ('delivered', 'adopted')
    )
;

-- name: doubts
insert into work.doubts
select distinct order_id
from ledger.in_doubt
where destination = $destination and environment = $environment
;

-- name: undelivered
insert into work.undelivered
select
    order_id,
    arg_max(row_hash, run_id) filter (where outcome = 'refused') as refused_hash,
    arg_max(payload_md5, run_id) filter (where outcome = 'refused') as refused_md5,
    max(run_id) filter (where outcome = 'refused') as refused_run,
    arg_max(payload_md5, run_id) filter (where outcome = 'removed') as removed_md5,
    max(run_id) filter (where outcome = 'removed') as removed_run,
    max(run_id) filter (where outcome = 'removal_refused') as unremoved_run
from work.current
where outcome <> 'delivered'
group by order_id
;

-- name: diff
-- Compares each order of the view with the ledger, unless it is simply unchanged. A refusal stands
-- until the content changes; doubt outweighs an equal fingerprint. An order that counts for
-- nothing, or is too early, is not sent unless the destination may have it: then it is taken back,
-- or kept up to date. The candidates are ranked, the oldest first.
create table plan.changes as
with delivered as (from work.current where outcome = 'delivered'),

compared as (
    select
        snapshot.order_id,
        snapshot.oldest,
        snapshot.row_hash,
        snapshot.standing,
        delivered.payload_md5 as delivered_md5,
        delivered.row_hash as delivered_hash,
        delivered.run_id as delivered_run,
        undelivered.refused_md5,
        undelivered.refused_run,
        undelivered.removed_run,
        undelivered.removed_md5,
        undelivered.unremoved_run,
        doubts.order_id is not null as is_doubted,
        coalesce(delivered.order_id, doubts.order_id) is not null as is_held,
        repaired.order_id is not null as is_repaired,
        case
            when snapshot.standing = 2 then 'withdrawn'
            when is_doubted then 'in_doubt'
            when delivered.order_id is null then 'added'
            else 'changed'
        end as change,
        case
            when snapshot.standing > 0 and not is_held and not is_repaired then 'not_sent'
            when snapshot.standing = 2 and not $takes_back then 'not_sent'
            when retried.order_id is not null or is_repaired then 'candidate'
            when undelivered.refused_hash = snapshot.row_hash then 'refused_before'
            when is_doubted or choice.is_full then 'candidate'
            when delivered.row_hash = snapshot.row_hash then 'unchanged'
            else 'candidate'
        end as state,
        retried.order_id is not null as is_retried
    from work.snapshot as snapshot
    cross join work.choice as choice
    left join delivered on delivered.order_id = snapshot.order_id
    left join work.undelivered as undelivered on undelivered.order_id = snapshot.order_id
    left join work.doubts as doubts on doubts.order_id = snapshot.order_id
    left join work.repaired as repaired on repaired.order_id = snapshot.order_id
    left join work.retried as retried on retried.order_id = snapshot.order_id
    where
        (
            state <> 'unchanged'
            or coalesce(undelivered.refused_run, undelivered.unremoved_run) is not null
        )
        and not (
            $is_divided
            and snapshot.standing = 0
            and delivered.order_id is null
            and undelivered.order_id is null
            and doubts.order_id is null
        )
)

select * exclude (oldest), row_number() over () as rank
from (from compared order by state <> 'candidate', oldest, order_id)
;

-- name: ranked
create view work.ranked as
select order_id, rank, removed_run is not null and not is_doubted as is_removed
from plan.changes
where state = 'candidate'
;

-- name: asked
-- The orders that are sent, or one given order whatever its verdict.
create table work.ranked as
select
    order_id,
    standing,
    row_number() over (order by oldest, order_id) as rank,
    order_id in (select order_id from work.current where outcome = 'removed')
    and order_id not in (
        select order_id
        from ledger.in_doubt
        where destination = $destination and environment = $environment
    ) as is_removed
from work.snapshot
where order_id = $order_id or ($order_id is null and standing < 2)
;
